"""The command in this process, with counting fakes for the models: what it writes, says and refuses."""

import json
import resource
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.cli import demo
from engine.cli.main import main
from engine.generation.requests import Settings
from engine.progress import Progress
from tests.engine.cli.bench import names_in
from tests.engine.generation.fakes import FakeDiffusion, FakeParts, two_halves


def test_the_whole_job_writes_what_the_manual_says(parts: FakeParts, still: str, tmp_path: Path) -> None:
    things = ["--object", "dog@10,10 20,20 !70,10", "--object", "@60,30", "--box", "car horn@50,5,70,50"]
    rest = ["--together", "--takes", "2", "--seed", "9", "--duration", "1", "--out", str(tmp_path / "out")]
    assert main(["sound", still, *things, *rest]) == 0
    stems = ("01_dog", "02_frog", "03_car-horn", "04_together")
    assert names_in(tmp_path / "out") == {
        *(f"stems/{stem}_take{k}.wav" for stem in stems for k in (1, 2)),
        *(f"masks/{stem}.png" for stem in stems),
        *("mix.wav", "overlay.png", "spectrogram.png", "recipe.json"),
    }
    assert len(parts.made.batches) == 1
    assert parts.made.prompts == ["dog", "frog", "car horn"] * 2  # each alone, and each in the one together


def test_draft_is_quick_and_final_takes_more_steps(parts: FakeParts, tmp_path: Path) -> None:
    for number, options in enumerate(([], ["--draft"], ["--final"], ["--steps", "3", "--guidance", "4"])):
        out = str(tmp_path / str(number))
        assert main(["sound", "--prompt", "rain", "--duration", "1", *options, "--out", out]) == 0
    usual, draft, final, own = parts.made.settings
    assert usual == draft
    assert draft[1] < final[1]
    assert (draft[3], final[3]) == ("multistep", "ddim")
    assert own[1:3] == (3, 4.0)


def test_a_recipe_makes_the_same_bytes_again(parts: FakeParts, still: str, tmp_path: Path) -> None:
    assert main(["sound", still, "--object", "@10,10", "--duration", "1", "--out", str(tmp_path / "a")]) == 0
    recipe = str(tmp_path / "a" / "recipe.json")
    assert main(["sound", "--recipe", recipe, "--out", str(tmp_path / "b")]) == 0
    assert names_in(tmp_path / "a") == names_in(tmp_path / "b")
    for name in names_in(tmp_path / "a"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_without_clicks_what_is_found_sounds(parts: FakeParts, still: str, tmp_path: Path) -> None:
    assert main(["sound", still, "--duration", "1", "--out", str(tmp_path / "out")]) == 0
    assert {"stems/01_dog_take1.wav", "stems/02_frog_take1.wav"} <= names_in(tmp_path / "out")


def test_a_prompt_with_a_still_steers_it(parts: FakeParts, still: str, tmp_path: Path) -> None:
    common = ["--prompt", "far away", "--duration", "1", "--out"]
    assert main(["sound", still, *common, str(tmp_path / "whole")]) == 0
    assert (
        main(["sound", still, "--object", "dog@10,10", "--object", "@60,9", *common, str(tmp_path / "b")])
        == 0
    )
    assert parts.made.prompts == ["far away", "dog, far away", "frog, far away"]
    assert np.asarray(Image.open(tmp_path / "whole/masks/01_far-away.png")).all()
    assert "masks/02_frog.png" in names_in(tmp_path / "b")


def test_a_level_of_ones_own_is_kept(
    parts: FakeParts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = [
        "sound",
        "--prompt",
        "rain",
        "--lufs",
        "-30",
        "--duration",
        "1",
        "--json",
        "--out",
        str(tmp_path / "o"),
    ]
    assert main(line) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["stems"][0]["lufs"] == pytest.approx(-30, abs=0.1)


def test_json_is_all_that_is_printed(
    parts: FakeParts, still: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = [
        "sound",
        still,
        "--object",
        "dog@10,10",
        "--duration",
        "1",
        "--json",
        "--out",
        str(tmp_path / "out"),
    ]
    assert main(line) == 0
    said = capsys.readouterr()
    facts = json.loads(said.out)
    assert said.err == ""
    assert Path(facts["mix"]).is_file()
    assert Path(facts["stems"][0]["file"]).is_file()
    assert facts["stems"][0]["name"] == "dog"
    assert facts["rate"] == 48_000


def test_objects_are_listed_with_names_and_where_to_click(
    parts: FakeParts, still: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["objects", still]) == 0
    said = capsys.readouterr().out
    assert '--object "dog@' in said
    assert "frog 70%" in said
    assert main(["objects", still, "--json", "--limit", "1", "--out", str(tmp_path / "found")]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["size"] == [80, 60]
    [dog] = facts["objects"]
    x, y = dog["click"]
    assert dog["box"][0] <= x < dog["box"][2]
    assert two_halves().pixels[y, x, 0] > 0
    assert names_in(tmp_path / "found") == {"overlay.png", "masks/01_dog.png"}


def test_without_a_sure_name_it_says_so_and_offers_three_guesses(
    parts: FakeParts, still: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts.scores = 0.2, 0.1, 0.05
    assert main(["objects", still]) == 0
    said = capsys.readouterr().out
    assert '--object "@' in said
    assert "not sure: dog 20%, frog 10%, cat 5%" in said
    assert main(["objects", still, "--json"]) == 0
    dog, _ = json.loads(capsys.readouterr().out)["objects"]
    assert (dog["name"], dog["sure"], len(dog["names"])) == (None, False, 3)


def test_a_guess_names_no_sound_and_steers_none(
    parts: FakeParts, still: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts.scores = 0.2, 0.1, 0.05
    line = ["sound", still, "--object", "@10,10", "--object", "frog@60,30", "--duration", "1"]
    assert main([*line, "--out", str(tmp_path / "a")]) == 0
    assert "Not sure what “unnamed 1” is: dog 20%, frog 10%, cat 5%." in capsys.readouterr().out
    assert {"stems/01_unnamed-1_take1.wav", "stems/02_frog_take1.wav"} <= names_in(tmp_path / "a")
    assert parts.made.prompts == [None, "frog"]
    assert main([*line, "--json", "--out", str(tmp_path / "b")]) == 0
    [unsure] = json.loads(capsys.readouterr().out)["unsure"]
    assert unsure["name"] == "unnamed 1"
    assert [guess["name"] for guess in unsure["guesses"]] == ["dog", "frog", "cat"]


def test_the_demo_does_the_job_on_the_sample_pictures(
    parts: FakeParts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "Settings", lambda seed: Settings(seed=seed, duration=1.0))
    assert main(["demo", "--out", str(tmp_path / "demo"), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert [fact["sample"] for fact in facts] == [sample.folder for sample in demo.SAMPLES]
    for fact in facts:
        assert Path(fact["mix"]).is_file()
    assert (tmp_path / "demo/photographer/stems/03_together_take1.wav").is_file()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["STILL", "--object", "@80,10"], "outside"),
        (["STILL", "--object", "@-1,10"], "outside"),
        (["STILL", "--box", "@0,0,90,10"], "not inside"),
        (["STILL", "--object", "@1,1", "--duration", "0"], "0.5 to 30 seconds"),
        (["STILL", "--object", "@1,1", "--duration", "10000"], "0.5 to 30 seconds"),
        (["STILL", "--object", "@1,1", "--duration", "nan"], "0.5 to 30 seconds"),
        (["STILL", "--object", "@1,1", "--takes", "0"], "1 to 20 takes"),
        (["STILL", "--object", "@1,1", "--takes", "1000"], "1 to 20 takes"),
        (["STILL", "--object", "@1,1", "--seed", "-3"], "seed"),
        (["STILL", "--object", "@1,1", "--lufs", "3"], "level"),
        (["missing.png", "--object", "@1,1"], "no file"),
        (["NOTE", "--object", "@1,1"], "not a picture"),
        (["."], "folder"),
        ([], "nothing to make a sound of"),
        (["--prompt", " "], "nothing to make a sound of"),
        (["--object", "@1,1"], "need the still"),
        (["--together", "--prompt", "rain"], "needs a still"),
        (["--recipe", "missing.json"], "no recipe"),
        (["--recipe", "NOTE"], "not a recipe"),
        (["--recipe", "NOTE", "--seed", "3"], "already says everything"),
    ],
)
def test_what_can_not_be_done_is_one_sentence_and_status_two(
    parts: FakeParts,
    still: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    line: list[str],
    words: str,
) -> None:
    (tmp_path / "note.txt").write_text("milk, bread")
    names = {"STILL": still, "NOTE": str(tmp_path / "note.txt")}
    assert main(["sound", *(names.get(part, part) for part in line), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.err.startswith("foleyscape: ")
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--object", "@1,1", "--lufs", "3"], "level"),
        (["--object", "@1,1", "--lufs", "nan"], "level"),
        (["--object", "@1,1"] * 33, "At most 32"),
        (["--object", "@1,1", "--guidance", "99"], "Guidance"),
        (["--object", "@1,1", "--steps", "0"], "Steps"),
        (["--object", "@80,10"], "outside"),
        (["--object", "@1,1", "--generator", "theremin"], "no generator"),
    ],
)
def test_what_is_out_of_range_is_refused_before_any_work(
    parts: FakeParts,
    still: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    words: str,
) -> None:
    assert main(["sound", still, *options, "--out", str(tmp_path / "out")]) == 2
    assert words in capsys.readouterr().err
    assert parts.loaded == []


def test_a_folder_that_holds_something_is_left_alone_unless_told(
    parts: FakeParts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["sound", "--prompt", "rain", "--duration", "1", "--out", str(tmp_path)]
    (tmp_path / "mine.txt").write_text("mine")
    assert main(line) == 2
    assert "not empty" in capsys.readouterr().err
    assert parts.loaded == []
    assert main([*line, "--overwrite"]) == 0
    assert main([*line, "--overwrite"]) == 0
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert (tmp_path / "mix.wav").is_file()


def test_a_disk_that_takes_no_more_is_a_sentence_and_1_and_leaves_nothing(
    parts: FakeParts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, usual[1]))
    try:
        code = main(["sound", "--prompt", "rain", "--duration", "1", "--out", str(tmp_path / "a" / "out")])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert code == 1
    assert "cannot be written" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


class Interrupted(FakeDiffusion):
    """Somebody presses Ctrl+C, or ends the program, while it samples."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.after: list[int] = []

    def sample(self, *args: Any, **options: Any) -> Any:
        progress: Progress = options["progress"]
        for step in range(10):
            self.after.append(step)
            if step == 4:
                signal.raise_signal(self.number)
            progress.report(step / 10, "step")
        pytest.fail("it went on")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_within_a_step_and_leaves_nothing(
    parts: FakeParts, still: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    parts.made = Interrupted(number)
    before = signal.getsignal(number)
    assert (
        main(["sound", still, "--object", "@10,10", "--out", str(tmp_path / "new" / "out")]) == 128 + number
    )
    assert parts.made.after == [0, 1, 2, 3, 4]
    assert capsys.readouterr().err == "foleyscape: Cancelled; nothing was left behind.\n"
    assert names_in(tmp_path) == {"street.png"}
    assert not (tmp_path / "new").exists()
    assert signal.getsignal(number) == before


class Swallowing(Interrupted):
    """A library that swallows KeyboardInterrupt, as callbacks from C do."""

    def sample(self, *args: Any, **options: Any) -> Any:
        progress: Progress = options["progress"]
        for step in range(10):
            self.after.append(step)
            try:
                if step == 4:
                    signal.raise_signal(self.number)
            except KeyboardInterrupt:
                pass
            progress.report(step / 10, "step")
        pytest.fail("it went on")


def test_a_swallowed_interrupt_still_cancels_at_the_next_report(parts: FakeParts, tmp_path: Path) -> None:
    parts.made = Swallowing(signal.SIGINT)
    assert main(["sound", "--prompt", "rain", "--out", str(tmp_path / "out")]) == 130
    assert parts.made.after == [0, 1, 2, 3, 4]


class Broken(FakeDiffusion):
    def sample(self, *args: Any, **options: Any) -> Any:
        raise ValueError("shapes\ndo not match")


def test_even_a_mistake_of_ours_is_a_sentence_and_status_one(
    parts: FakeParts, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    parts.made = Broken()
    line = ["sound", "--prompt", "rain", "--out", str(tmp_path / "out")]
    assert main(line) == 1
    said = capsys.readouterr().err
    assert said.startswith("foleyscape: Something went wrong inside (ValueError: shapes).")
    assert said.count("\n") == 1
    monkeypatch.setenv("FOLEYSCAPE_DEBUG", "1")
    assert main(line) == 1
    assert "Traceback" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_candidates_are_asked_for_and_refused_where_a_recipe_already_says_them(
    parts: FakeParts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "out")
    assert main(["sound", "--prompt", "rain", "--duration", "1", "--candidates", "3", "--out", out]) == 0
    facts = json.loads((tmp_path / "out/recipe.json").read_text(encoding="utf-8"))
    assert facts["request"]["settings"]["candidates"] == 3
    again = ["sound", "--recipe", f"{out}/recipe.json", "--candidates", "2", "--out", f"{out}-2"]
    assert main(again) == 2
    assert main(["sound", "--prompt", "rain", "--candidates", "0", "--out", f"{out}-3"]) == 2
    assert "1 to 8 candidates" in capsys.readouterr().err


def test_a_curve_and_a_loop_reach_every_take_and_the_recipe_repeats_them(
    parts: FakeParts, still: str, tmp_path: Path
) -> None:
    curve = tmp_path / "curve.json"
    curve.write_text('{"levels": [[0, -6], [0.5, 0]], "hits": [0.25]}')
    options = ["--object", "dog@10,10", "--object", "cat@40,10", "--duration", "1", "--candidates", "1"]
    out = tmp_path / "out"
    assert main(["sound", still, *options, "--curve", str(curve), "--loop", "--out", str(out)]) == 0
    (given,) = parts.made.curves
    assert given is not None
    assert [one and one.hits for one in given] == [(0.25,), (0.25,)]
    targets = json.loads((out / "recipe.json").read_text())["request"]["targets"]
    assert [target["controls"]["loop"] for target in targets] == [True, True]
    assert main(["sound", "--recipe", str(out / "recipe.json"), "--loop", "--out", str(tmp_path / "b")]) == 2


def test_a_curve_that_is_none_is_refused_before_anything_is_loaded(
    parts: FakeParts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    curve = tmp_path / "curve.json"
    curve.write_text("[]")
    assert main(["sound", "--prompt", "rain", "--curve", str(curve), "--out", str(tmp_path / "out")]) == 2
    assert "is no curve" in capsys.readouterr().err
    assert parts.loaded == []
