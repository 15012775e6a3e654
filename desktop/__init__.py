"""The desktop application: canvas, objects panel and timeline. It imports the engine; the engine never imports it."""
