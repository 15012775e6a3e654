"""The user's own sound library: an index of folders of recordings, searched by words, by sounds and by objects."""
