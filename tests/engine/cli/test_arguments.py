"""The little language of clicks and boxes, and complaints in one sentence."""

import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli.arguments import box, build_parser, clicks
from engine.scene.hints import Box, Click

HOUSE = Path(__file__).resolve().parents[3]


def test_a_name_clicks_and_drops_are_read() -> None:
    thing = clicks("small dog@420,310 450.5,330 !500,300")
    assert thing.name == "small dog"
    assert thing.hints.clicks == (Click(420, 310), Click(450.5, 330), Click(500, 300, keep=False))


def test_without_a_name_the_model_names_it() -> None:
    assert clicks("@1,2").name is None
    assert clicks("  @1,2 ").name is None
    assert clicks("a@b@1,2").name == "a@b"


def test_a_box_may_be_given_by_any_two_corners() -> None:
    thing = box("car horn@200,180,10,20")
    assert thing.name == "car horn"
    assert thing.hints.box == Box(10, 20, 200, 180)


@pytest.mark.parametrize(
    "text", ["dog", "dog@", "dog@5", "dog@a,b", "dog@1,2,3", "dog@!1,2", "dog@nan,1", "@1,inf"]
)
def test_clicks_that_are_not_of_the_form_are_one_sentence(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        build_parser().parse_args(["sound", "a.png", "--object", text, "--out", "out"])
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("foleyscape: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize("text", ["dog@1,2", "dog@1,2,3,x", "1,2,3,4"])
def test_boxes_that_are_not_of_the_form_are_refused(text: str) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["sound", "a.png", "--box", text, "--out", "out"])


def test_objects_and_boxes_keep_the_order_of_the_command_line() -> None:
    line = ["sound", "a.png", "--object", "a@1,1", "--box", "b@0,0,5,5", "--object", "c@2,2", "--out", "o"]
    assert [thing.name for thing in build_parser().parse_args(line).hinted] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "line",
    [
        [],
        ["nonsense"],
        ["sound", "a.png"],
        ["sound", "a.png", "--out", "o", "--draft", "--final"],
        ["sound", "a.png", "--out", "o", "--seed", "x"],
        ["objects"],
        ["demo"],
    ],
)
def test_a_line_that_is_not_understood_ends_with_status_two(
    line: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        build_parser().parse_args(line)
    assert left.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_help_comes_at_once_because_nothing_heavy_is_loaded() -> None:
    program = (
        "import sys\nfrom engine.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
    )
    program += (
        "print([n for n in ('numpy', 'torch', 'PIL', 'scipy', 'cv2') if n in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=HOUSE, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0
    assert done.stderr.strip() == "[]"
    assert "sound" in done.stdout


def test_every_command_has_help_with_an_example_of_clicks(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("sound", "objects", "demo"):
        with pytest.raises(SystemExit) as left:
            build_parser().parse_args([command, "--help"])
        assert left.value.code == 0
    assert "--object" in capsys.readouterr().out


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        build_parser().parse_args(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("foleyscape ")
