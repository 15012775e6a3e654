"""Exporting from the window: the dialog, the thread that writes, and files dragged out."""
