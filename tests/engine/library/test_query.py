"""What is typed becomes an expression of FTS5, or one sentence."""

import sqlite3

import pytest

from engine.errors import BadInput
from engine.library.query import read_query

TEXTS = {
    1: "wooden door slam",
    2: "car door close",
    3: "car horn",
    4: "thunder and rain",
    5: "rain on a car roof",
}


@pytest.fixture(scope="module")
def texts() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE texts USING fts5 (name, tokenize = 'porter unicode61')")
    connection.executemany("INSERT INTO texts (rowid, name) VALUES (?, ?)", TEXTS.items())
    return connection


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("door", {1, 2}),
        ("doors", {1, 2}),
        ("car door", {2}),
        ("car AND door", {2}),
        ("door OR horn", {1, 2, 3}),
        ("door NOT car", {1}),
        ("door -car", {1}),
        ("car NOT (door OR roof)", {3}),
        ("(door OR horn) car", {2, 3}),
        ("(rain NOT thunder) OR horn", {3, 5}),
        ('"car door"', {2}),
        ('"door car"', set()),
        ("thun*", {4}),
        ("NOT car rain", {4}),
        ("car\tdoor", {2}),
        ("DOOR", {1, 2}),
        ('door"', {1, 2}),
        ("door & horn", set()),
        ("rain, thunder!", {4}),
        ("NEAR", set()),
        ("name:door", set()),
        ("do'or", set()),
        ("ünder", set()),
    ],
)
def test_a_query_finds_what_it_says(texts: sqlite3.Connection, typed: str, found: set[int]) -> None:
    match = read_query(typed).match
    assert {row[0] for row in texts.execute("SELECT rowid FROM texts WHERE texts MATCH ?", (match,))} == found


@pytest.mark.parametrize("typed", ["", "  ", '""', "!?", "- *", "&&"])
def test_a_query_without_words_asks_nothing(typed: str) -> None:
    query = read_query(typed)
    assert (query.match, query.words) == ("", "")


@pytest.mark.parametrize(
    "typed",
    ["NOT car", "-car", "(door", "door)", "door AND", "door OR", "OR door", "door NOT", "((((door))", "()",
     "a AND AND b", "(" * 30 + "a" + ")" * 30, "NOT NOT a", "a" * 2_000],
)  # fmt: skip
def test_a_query_that_lacks_its_other_half_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_query(typed)
    assert refused.value.message.endswith(".")


def test_plain_words_may_also_match_in_part(texts: sqlite3.Connection) -> None:
    query = read_query("heavy rain")
    assert not query.is_exact
    assert {
        row[0] for row in texts.execute("SELECT rowid FROM texts WHERE texts MATCH ?", (query.loose,))
    } == {4, 5}


def test_small_words_alone_do_not_count_in_part() -> None:
    assert read_query("rain on a roof").loose == '"rain" OR "roof"'


@pytest.mark.parametrize("typed", ["a NOT b", "a AND b", '"a b"', "a*", "(a)", "-b a"])
def test_operators_make_the_words_exact(typed: str) -> None:
    query = read_query(typed)
    assert query.is_exact
    assert query.loose == ""


def test_the_words_for_the_text_encoder_leave_out_what_shall_not_be_there() -> None:
    assert read_query('door slam NOT (car OR "rain drop") wood*').words == "door slam wood"
