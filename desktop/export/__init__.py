"""Export from the window: the dialog, the worker threads, and files dragged out."""
