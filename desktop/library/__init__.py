"""The user's own recordings: searched, heard and placed."""
