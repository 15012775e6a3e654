"""The held-out fifth of the pictures, which nothing is trained on."""

import hashlib


def held_out(name: str) -> bool:
    """Return whether the picture ``name`` ("class/file", as in the packs) belongs to the held-out fifth.

    All objects of one photograph ("class/photograph#number") are held out, or none.
    """
    key = name.rsplit("/", 1)[-1].split("#", maxsplit=1)[0] if "#" in name else name
    return hashlib.sha256(key.encode()).digest()[0] % 5 == 0
