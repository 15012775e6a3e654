"""What is said of a library that cannot be used."""

import sqlite3

import pytest

from engine.library.database import advice_on


@pytest.mark.parametrize(
    ("code", "advice", "deleting"),
    [
        (sqlite3.SQLITE_BUSY, "try again", False),
        (sqlite3.SQLITE_FULL, "free some space", False),
        (sqlite3.SQLITE_READONLY, "can be read and written", False),
        (sqlite3.SQLITE_CORRUPT, "choose another folder", True),
        (sqlite3.SQLITE_NOTADB, "choose another folder", True),
    ],
)
def test_only_a_damaged_library_is_to_be_deleted(code: int, advice: str, deleting: bool) -> None:
    error = sqlite3.OperationalError("it failed")
    error.sqlite_errorcode = code
    said = advice_on(error)
    assert advice in said
    assert ("delete it" in said) is deleting
