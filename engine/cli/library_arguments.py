"""Arguments of ``foleyscape library``."""

from argparse import SUPPRESS, _ActionsContainer
from collections.abc import Callable
from pathlib import Path

from engine.cli.parser import SOME_READ, Commands, Parser

EPILOG = """examples:
  foleyscape library add ~/Sounds --licence "CC0"
  foleyscape library search "door NOT car"
  foleyscape library search --still street.jpg --object "dog@420,310"
  foleyscape library search --like take.wav --max-seconds 3
"""


def add_library(
    commands: Commands, clicks: Callable[[str], object], add_model: Callable[[Parser], None]
) -> None:
    """Add ``library`` with its sub-commands.

    Args:
        commands: where to add it.
        clicks: parses ``NAME@X,Y``.
        add_model: adds ``--model`` and ``--device``.
    """
    library = commands.add_parser(
        "library", help="index and search your own recordings", epilog=EPILOG
    )  # fmt: skip
    verbs = library.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    add = _verb(verbs, "add", "add folders of recordings and read them")
    add.add_argument("folders", type=Path, nargs="+", metavar="DIR", help="a folder of recordings")
    add.add_argument("--licence", default="", metavar="TEXT", help="of all sounds in them, such as CC0")
    add.add_argument("--later", action="store_true", help="only note them: the next update reads them")
    add.set_defaults(cancelled=SOME_READ)
    _reading(add)
    add_model(add)
    update = _verb(verbs, "update", "read what is new or changed, forget what is gone")
    update.add_argument(
        "folders", type=Path, nargs="*", metavar="DIR", help="only these folders of the library"
    )
    update.add_argument(
        "--watch", action="store_true", help="go on: read each change when it happens, until Ctrl+C"
    )
    update.set_defaults(cancelled=SOME_READ)
    _reading(update)
    add_model(update)
    status = _verb(verbs, "status", "what is in the library, and what could not be read")
    status.add_argument("--problems", action="store_true", help="list every file that could not be read")
    status.add_argument("--duplicates", action="store_true", help="list files with the same contents")
    _add_search(verbs, clicks, add_model)
    remove = _verb(verbs, "remove", "take folders out of the library; their files stay where they are")
    remove.add_argument("folders", type=Path, nargs="+", metavar="DIR", help="a folder of the library")


def _verb(verbs: Commands, name: str, words: str) -> Parser:
    parser = verbs.add_parser(name, help=words, description=words[:1].upper() + words[1:] + ".")
    parser.set_defaults(run=f"library.{name}")
    parser.add_argument(
        "--library", type=Path, metavar="DIR", help="where the index lies; else the user's own"
    )
    parser.add_argument("--json", action="store_true", help="print a summary for scripts")
    return parser


def _reading(parser: Parser) -> None:
    parser.add_argument(
        "--progress-lines", action="store_true", help="tell progress on stderr, a line of JSON each"
    )
    parser.add_argument("--threads", type=int, metavar="N", help="files read at once; else one for each core")


def _add_search(
    verbs: Commands, clicks: Callable[[str], object], add_model: Callable[[Parser], None]
) -> None:
    search = _verb(verbs, "search", "find sounds by words, by a thing in a still, or by a sound")
    search.add_argument(
        "words",
        nargs="*",
        metavar="WORDS",
        help='words; "phrases", AND, OR, NOT, brackets, begin* search exactly',
    )
    search.add_argument("--like", type=Path, metavar="FILE", help="sounds like this one")
    search.add_argument("--still", type=Path, metavar="STILL", help="the picture in which --object is")
    search.add_argument(
        "--object", dest="hinted", type=clicks, metavar='"NAME@X,Y"', help="sounds of this thing in the still"
    )
    search.add_argument("--limit", type=int, default=20, metavar="N", help="at most this many (20)")
    _search_filter(search.add_argument_group("conditions"))
    add_model(search)


def _search_filter(group: _ActionsContainer) -> None:
    numbers = {
        "--min-seconds": "at least this long",
        "--max-seconds": "at most this long",
        "--min-centroid": "bright: spectral centroid in Hz at least",
        "--max-centroid": "dull: spectral centroid in Hz at most",
        "--min-flatness": "noisy: spectral flatness at least, 0 to 1",
        "--max-flatness": "tonal: spectral flatness at most, 0 to 1",
        "--min-lufs": "at least this loud",
        "--max-lufs": "at most this loud",
    }
    for name, words in numbers.items():
        group.add_argument(name, type=float, metavar="X", help=words)
    group.add_argument("--channels", type=int, metavar="N", help="1 for mono, 2 for stereo, ...")
    group.add_argument("--min-rate", type=int, metavar="HZ", help="sample rate at least")
    group.add_argument("--folder", type=Path, metavar="DIR", help="below this folder")
    group.add_argument("--cat-id", metavar="ID", help="UCS CatID, or its beginning")
    group.add_argument("--licence", metavar="TEXT", help="licence that contains this")
    group.add_argument("--starred", action="store_const", const=True, default=None, help=SUPPRESS)
