"""The window of Foleyscape: canvas, objects and timeline. It imports the engine; nothing imports it."""
