"""What a newer Foleyscape wrote into a scene: carried along, so that saving here loses nothing of it."""

Extra = tuple[tuple[str, str], ...]
"""Pairs of a key and its value as JSON text, in the order of their keys."""
