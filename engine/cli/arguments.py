"""Arguments of the command: sub-commands, options, and the syntax of clicks and boxes."""

import argparse
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from engine.cli.library_arguments import add_library
from engine.cli.output_folder import add_output_folder
from engine.cli.parser import NOTHING_LEFT, Commands, Parser
from engine.cli.project_arguments import add_project
from engine.scene.hints import Box, Click, Hints

EPILOG = """examples:
  foleyscape objects street.jpg
  foleyscape sound street.jpg --object "@420,310" --out street
  foleyscape sound street.jpg --object "dog@420,310 450,330 !500,300" --box "car horn@10,20,200,180" \\
      --together --takes 2 --seed 7 --out street
  foleyscape sound --prompt "rain on a window" --duration 8 --out rain
  foleyscape sound --recipe street/recipe.json --out street-again
"""


@dataclass(frozen=True)
class Hinted:
    """The value of one ``--object`` or ``--box``: an optional name, and the hints."""

    name: str | None
    hints: Hints


def build_parser(more: Sequence[Callable[[Commands], None]] = ()) -> argparse.ArgumentParser:
    """Build the parser of the whole command.

    ``run`` in the parsed arguments is "module.function" within ``engine.cli``, or a function for sub-commands
    of ``more``.

    Args:
        more: functions that each add a sub-command from outside the engine.
    """
    parser = Parser(
        prog="foleyscape",
        description="Open a film still, click what should be heard, get WAV stems.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and leave")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    _add_sound(commands)
    _add_objects(commands)
    add_project(commands)
    _add_loudness(commands)
    _add_hear(commands)
    add_library(commands, clicks, _add_model)
    _add_sonify(commands)
    _add_demo(commands)
    _add_diagnostics(commands)
    for add in more:
        add(commands)
    _add_logging(parser)
    return parser


def clicks(text: str) -> Hinted:
    """Parse ``NAME@X,Y X,Y !X,Y`` (or ``@X,Y`` without a name) into a name and clicks; ``!`` marks a drop click."""
    name, points = _split(text, "NAME@X,Y X,Y !X,Y")
    found = []
    for point in points.split():
        x, y = _numbers(point.removeprefix("!"), 2, f"{point!r} is no click: write X,Y or !X,Y")
        found.append(Click(x, y, keep=not point.startswith("!")))
    if not any(click.keep for click in found):
        raise argparse.ArgumentTypeError(f"{text!r} has no click on the object itself: write NAME@X,Y")
    return Hinted(name, Hints(tuple(found)))


def box(text: str) -> Hinted:
    """Parse ``NAME@X0,Y0,X1,Y1`` (or without a name) into a name and a box; any two opposite corners are accepted."""
    name, corners = _split(text, "NAME@X0,Y0,X1,Y1")
    x0, y0, x1, y1 = _numbers(corners.strip(), 4, f"{corners!r} is no box: write X0,Y0,X1,Y1")
    return Hinted(name, Hints(box=Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))))


def parameter(text: str) -> tuple[str, float]:
    """Parse ``NAME=VALUE`` with a value from 0 to 1."""
    name, _, value = text.partition("=")
    (number,) = _numbers(value, 1, f"{text!r} is no parameter: write NAME=0.5")
    if not name.strip() or not 0.0 <= number <= 1.0:
        raise argparse.ArgumentTypeError(f"{text!r} is no parameter: write NAME=, and a number from 0 to 1")
    return name.strip(), number


def _split(text: str, form: str) -> tuple[str | None, str]:
    name, at, rest = text.rpartition("@")
    if not at or not rest.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form {form!r}")
    return name.strip() or None, rest


def _numbers(text: str, count: int, complaint: str) -> list[float]:
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) != count or not all(math.isfinite(value) for value in values):
        raise argparse.ArgumentTypeError(complaint)
    return values


def _add_sound(commands: Commands) -> None:
    sound = commands.add_parser(
        "sound",
        help="make the sounds of things in a still, or of words",
        description="Make the sounds of things in a still, each as a stem, with a mix; or of words alone.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sound.set_defaults(run="commands.sound", cancelled=NOTHING_LEFT)
    sound.add_argument("still", nargs="?", type=Path, metavar="STILL", help="the picture")
    what = sound.add_argument_group("what should be heard")
    what.add_argument(
        "--object",
        dest="hinted",
        action="append",
        type=clicks,
        metavar='"NAME@X,Y X,Y !X,Y"',
        help="one thing: clicks in still pixels, ! before one drops; @X,Y leaves the name to the model",
    )
    what.add_argument(
        "--box",
        dest="hinted",
        action="append",
        type=box,
        metavar='"NAME@X0,Y0,X1,Y1"',
        help="one thing, by a box round it",
    )
    what.add_argument("--prompt", help="words: alone they are what is heard, with a still they steer it")
    what.add_argument("--negative", metavar="WORDS", help="what it should not sound like")
    what.add_argument(
        "--curve",
        type=Path,
        metavar="FILE",
        help="when it sounds: JSON with levels and hits (curves.md), or a recording to follow",
    )
    what.add_argument("--loop", action="store_true", help="make takes whose end continues into their start")
    what.add_argument(
        "--set",
        dest="parameters",
        action="append",
        default=[],
        type=parameter,
        metavar="NAME=0..1",
        help="a physical parameter, with --generator procedural: size, distance, pace, surface ...",
    )
    what.add_argument("--together", action="store_true", help="add one take of all the things at once")
    what.add_argument("--recipe", type=Path, metavar="FILE", help="make the same samples as an earlier run")
    _add_making(sound)
    out = _add_output(sound)
    out.add_argument(
        "--project",
        type=Path,
        metavar="PATH.foley",
        help="also add the takes to this project, made if not there",
    )


def _add_making(sound: argparse.ArgumentParser) -> None:
    how = sound.add_argument_group("how")
    how.add_argument("--duration", type=float, metavar="SECONDS", help="length of each take (5)")
    how.add_argument("--seed", type=int, metavar="N", help="another seed, other takes (0)")
    how.add_argument("--takes", type=int, metavar="N", help="takes of each thing (1)")
    speed = how.add_mutually_exclusive_group()
    speed.add_argument("--draft", action="store_true", help="quick (the default)")
    speed.add_argument("--final", action="store_true", help="slower and better")
    how.add_argument(
        "--steps", type=int, metavar="N", help="steps of the solver, instead of draft's or final's"
    )
    how.add_argument(
        "--candidates", type=int, metavar="N", help="sounds made for each take, the best kept (2 for a draft)"
    )
    how.add_argument("--guidance", type=float, metavar="X", help="how closely to follow what was asked (2)")
    how.add_argument(
        "--lufs", type=float, metavar="L", help="loudness of every stem; else what suits the thing"
    )
    how.add_argument("--generator", metavar="ID", help="what makes the sounds (object-aware)")
    _add_model(how)


def _add_objects(commands: Commands) -> None:
    objects = commands.add_parser(
        "objects",
        help="list the things in a still that could sound",
        description="List the things in a still that could sound, with names and where to click them.",
    )
    objects.set_defaults(run="commands.objects", cancelled=NOTHING_LEFT)
    objects.add_argument("still", type=Path, metavar="STILL", help="the picture")
    objects.add_argument("--limit", type=int, default=8, metavar="N", help="at most this many (8)")
    _add_model(objects)
    _add_output(objects, required=False)


def _add_demo(commands: Commands) -> None:
    demo = commands.add_parser(
        "demo",
        help="make the sounds of a few sample pictures",
        description="Make the sounds of a few of scikit-image's sample pictures, one folder each.",
    )
    demo.set_defaults(run="demo.run_demo", cancelled=NOTHING_LEFT)
    _add_model(demo)
    _add_output(demo)


def _add_diagnostics(commands: Commands) -> None:
    report = commands.add_parser(
        "diagnostics",
        help="print what to send with a report of a fault",
        description="Print versions, device, model and the last errors of the log, without personal paths.",
    )
    report.set_defaults(run="diagnostics.print_diagnostics")
    report.add_argument("--paths", action="store_true", help="keep file names and folders as they are")
    _add_model(report)


def _add_logging(parser: argparse.ArgumentParser) -> None:
    """Add ``--verbose`` and ``--log-file``, valid before or after the name of a sub-command."""
    parser.set_defaults(verbose=False, log_file=None)
    for each in _with_subparsers(parser):
        # An omitted sub-command option must not override the same option given before the sub-command.
        about = each.add_argument_group("log")
        about.add_argument(
            "--verbose", action="store_true", default=argparse.SUPPRESS, help="tell on stderr what is done"
        )
        about.add_argument(
            "--log-file", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="keep the log here"
        )


def _with_subparsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from _with_subparsers(child)


def _add_model(parser: argparse._ActionsContainer) -> None:
    parser.add_argument("--model", metavar="FOLDER", help="a model folder, or the id of a known one (pocket)")
    parser.add_argument("--device", default="cpu", help='"cpu", "cuda", "mps", or "auto" for the fastest')


def _add_loudness(commands: Commands) -> None:
    loudness = commands.add_parser(
        "loudness",
        help="measure how loud a sound file is",
        description="Loudness by ITU-R BS.1770 and EBU R 128: integrated, range, loudest moments, true peak.",
    )
    loudness.set_defaults(run="loudness.loudness")
    loudness.add_argument("file", type=Path, metavar="FILE", help="a sound file")
    loudness.add_argument("--json", action="store_true", help="print a summary for scripts")


def _add_hear(commands: Commands) -> None:
    hear = commands.add_parser(
        "hear",
        help="say what sound files are of",
        description="What is heard in sound files: things of the concept table with scores, and a UCS category.",
    )
    hear.set_defaults(run="hear.hear")
    hear.add_argument("files", type=Path, nargs="+", metavar="FILE", help="a sound file")
    hear.add_argument("--json", action="store_true", help="print a summary for scripts")
    _add_model(hear)


def _add_sonify(commands: Commands) -> None:
    parser = commands.add_parser(
        "sonify",
        help="make soundscapes of stills from your library",
        description="Make a soundscape of each still from recordings of your library that fit what is surely in it, "
        "with a record of each that makes the same samples again.",
    )
    parser.set_defaults(run="sonify.sonify", cancelled=NOTHING_LEFT)
    parser.add_argument(
        "stills", type=Path, nargs="*", metavar="STILL", help="a picture, or a folder of pictures"
    )
    parser.add_argument(
        "--duration", type=float, default=10.0, metavar="SECONDS", help="of each soundscape (10)"
    )
    parser.add_argument(
        "--lufs", type=float, nargs=2, default=(-24.0, -22.0), metavar="L", help="range of loudness (-24 -22)"
    )
    parser.add_argument(
        "--limit", type=int, default=5, metavar="N", help="at most this many things a still (5)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another seed, other recordings (0)")
    parser.add_argument(
        "--library", type=Path, metavar="DIR", help="where the index lies; else the user's own"
    )
    parser.add_argument("--record", type=Path, metavar="FILE", help="make those of a pairs.jsonl again")
    _add_model(parser)
    _add_output(parser)


def _add_output(parser: argparse.ArgumentParser, *, required: bool = True) -> argparse._ArgumentGroup:
    out = parser.add_argument_group("output")
    add_output_folder(out, required=required)
    out.add_argument("--json", action="store_true", help="print a summary for scripts, and no progress")
    return out


class _Version(argparse.Action):
    """Looks up the version only on request, since that takes longer than the rest of the help."""

    def __call__(self, *_: object, **__: object) -> NoReturn:
        from importlib.metadata import PackageNotFoundError, version

        try:
            words = version("foleyscape")
        except PackageNotFoundError:
            words = "from a folder, not installed"
        print(f"foleyscape {words}")
        sys.exit(0)
