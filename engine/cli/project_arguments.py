"""Arguments of ``foleyscape project``."""

from pathlib import Path

from engine.cli.output_folder import add_output_folder
from engine.cli.parser import NOTHING_LEFT, Commands, Parser

EPILOG = """examples:
  foleyscape sound street.jpg --object "dog@420,310" --out street --project Street.foley
  foleyscape project info Street.foley
  foleyscape project import-sound Street.foley door.flac --object door --licence CC0-1.0
  foleyscape project export Street.foley --out delivery --preset r128 --fps 25 --format wav,rpp,otio
"""


def add_project(commands: Commands) -> None:
    """Add ``project`` with its sub-commands."""
    project = commands.add_parser(
        "project", help="look at, clean, recover and export a project", epilog=EPILOG
    )
    verbs = project.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    info = _add(verbs, "info", "what is in a project")
    info.set_defaults(run="project.info")
    takes = _add(verbs, "takes", "every take of a project, and where its file is")
    takes.set_defaults(run="project.takes")
    collect = _add(verbs, "collect", "remove takes and masks that nothing needs any more")
    collect.set_defaults(run="project.collect")
    collect.add_argument("--dry-run", action="store_true", help="remove nothing, only tell")
    collect.add_argument("--autosaved", action="store_true", help="also what only autosaves still name")
    recover = _add(verbs, "recover", "go back to a state that was autosaved")
    recover.set_defaults(run="project.recover")
    recover.add_argument("--list", action="store_true", help="only tell what there is")
    recover.add_argument(
        "--number", type=int, metavar="N", help="which, by its number in the list (the newest)"
    )
    _add_import(verbs)
    _add_export(verbs)


def _add(verbs: Commands, name: str, words: str) -> Parser:
    parser = verbs.add_parser(name, help=words, description=words[:1].upper() + words[1:] + ".")
    parser.add_argument("project", type=Path, metavar="PATH", help="the project folder")
    parser.add_argument("--json", action="store_true", help="print a summary for scripts")
    return parser


def _add_import(verbs: Commands) -> None:
    sounds = _add(verbs, "import-sound", "make takes of own recordings: WAV, AIFF, FLAC, MP3 or OGG")
    sounds.set_defaults(run="import_sound.import_sound")
    sounds.add_argument("files", type=Path, nargs="+", metavar="FILE", help="the sound files")
    sounds.add_argument("--object", metavar="NAME", help="the object they are takes of; else of none")
    sounds.add_argument(
        "--at", metavar="HH:MM:SS:FF", help="timecode where they are placed; else only as takes"
    )
    sounds.add_argument("--licence", default="", metavar="TEXT", help="under which they may be used")
    sounds.add_argument(
        "--name", default="", metavar="TEXT", help="of the takes; else as they are heard, or the file's"
    )
    sounds.add_argument(
        "--from", dest="start", type=float, default=0.0, metavar="SECONDS", help="skip these (0)"
    )
    sounds.add_argument(
        "--to", dest="stop", type=float, metavar="SECONDS", help="end there; else at the file's end"
    )
    sounds.add_argument("--no-hear", action="store_true", help="suggest no name and no UCS category")


def _add_export(verbs: Commands) -> None:
    export = _add(verbs, "export", "write stems, mix and files for other programs")
    export.set_defaults(run="project.export", cancelled=NOTHING_LEFT)
    add_output_folder(export, what="export")
    export.add_argument("--rate", type=int, metavar="HZ", help="44100, 48000 or 96000 (48000)")
    export.add_argument("--bits", type=int, metavar="N", help="16, 24, or 32 for float (24)")
    export.add_argument("--fps", metavar="RATE", help="such as 23.976, 25 or 29.97df; else the project's")
    export.add_argument(
        "--start-timecode", metavar="HH:MM:SS:FF", help="of the first sample; else the project's"
    )
    export.add_argument(
        "--preset", metavar="NAME", help="loudness: r128, netflix, film or none; else the project's"
    )
    export.add_argument("--handles", type=float, metavar="SECONDS", help="before and after (0)")
    export.add_argument("--format", metavar="LIST", help="of wav,flac,ogg,rpp,otio,edl,csv,aaf,fcpxml (wav)")
    export.add_argument(
        "--named",
        metavar="NAME",
        help="choices saved under this name, here or in the window; options go before",
    )
    export.add_argument("--save-as", metavar="NAME", help="save these choices under a name, for next time")
    _add_content(export)
    names = export.add_argument_group("names of the Universal Category System")
    names.add_argument("--creator", metavar="ID", help="CreatorID; with --source, files get UCS names")
    names.add_argument("--source", metavar="ID", help="SourceID, such as the name of the film")
    names.add_argument("--user-category", metavar="WORDS", default="", help="optional block after the CatID")
    names.add_argument(
        "--vendor-category", metavar="WORDS", default="", help="optional block before the name"
    )
    names.add_argument("--library", metavar="NAME", help="library that the files belong to, as metadata")
    export.add_argument(
        "--allow-missing",
        action="store_true",
        help="export although sounds of the project cannot be read; they are left out",
    )


def _add_content(export: Parser) -> None:
    content = export.add_argument_group("what is written")
    content.add_argument("--from", dest="begin", metavar="PLACE", help="timecode, or seconds from the start")
    content.add_argument("--to", dest="end", metavar="PLACE", help="timecode, or seconds from the start")
    content.add_argument(
        "--stems",
        metavar="LIST",
        help="numbers or names of the tracks whose stems are written, or none (all)",
    )
    content.add_argument("--no-mix", action="store_true", help="write no mix")
    content.add_argument("--mono", action="store_true", help="one channel, whatever the timeline has")
    content.add_argument(
        "--each",
        choices=("clip", "take"),
        help="a file of each clip or take, for a library, and nothing else",
    )
    content.add_argument(
        "--embed",
        action="store_true",
        help="put the sound into the AAF, instead of naming the files in media/",
    )
