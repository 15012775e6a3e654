"""What is written, and that it is whole, exact and repeatable."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from engine.errors import BadInput, Cancelled, Failed
from engine.files.manifest import MANIFEST_FILE
from engine.generation import delivery
from engine.generation.delivery import Provenance, deliver, file_name
from engine.generation.object_aware import ObjectAwareGenerator
from engine.generation.recipe import read_recipe
from engine.generation.requests import GenerationRequest, Target, TargetPart
from engine.progress import Progress
from engine.scene.masks import pack
from engine.scene.takes import Take
from engine.sound.loudness import integrated_lufs
from engine.vision.still import Still
from tests.engine.generation.fakes import FakeDiffusion, FakeEncoder, two_halves


@pytest.fixture(scope="module")
def still() -> Still:
    return two_halves()


@pytest.fixture(scope="module")
def asked(still: Still) -> GenerationRequest:
    left = np.zeros((60, 80), np.bool_)
    left[:, :40] = True
    parts = (TargetPart(pack(left), None), TargetPart(pack(~left), "croak"))
    targets = (
        Target((0,), "Big Dog", None, pack(left), -22.0),
        Target((1,), "frog", "croak", pack(~left), -28.0),
        Target((0, 1), "together", None, None, -22.0, parts),
    )
    return GenerationRequest("fake", still.digest, targets, takes=(1, 2), seed=7, duration=1.0)


@pytest.fixture(scope="module")
def takes(asked: GenerationRequest, still: Still) -> tuple[Take, ...]:
    return ObjectAwareGenerator("fake", FakeDiffusion(), FakeEncoder()).generate(asked, still)


def names_in(folder: Path) -> set[str]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST_FILE]
    return {path.relative_to(folder).as_posix() for path in files}


def test_everything_is_written_where_it_is_expected(
    asked: GenerationRequest, takes: tuple[Take, ...], still: Still, tmp_path: Path
) -> None:
    done = deliver(asked, takes, tmp_path / "out", Provenance(still))
    stems = [f"{stem}_take{k}.wav" for stem in ("01_big-dog", "02_frog", "03_together") for k in (1, 2)]
    assert names_in(tmp_path / "out") == {
        *(f"stems/{stem}" for stem in stems),
        *("mix.wav", "overlay.png", "spectrogram.png", "recipe.json"),
        *("masks/01_big-dog.png", "masks/02_frog.png", "masks/03_together.png"),
    }
    assert [Path(stem.file).name for stem in done.stems] == stems
    for path in (tmp_path / "out").rglob("*.wav"):
        info = soundfile.info(path)
        assert (info.samplerate, info.subtype, info.frames, info.channels) == (48_000, "PCM_24", 48_000, 1)
    mask = Image.open(tmp_path / "out/masks/02_frog.png")
    assert (mask.mode, mask.size) == ("1", (80, 60))
    assert Image.open(tmp_path / "out/overlay.png").size == (80, 60)


def test_the_mix_is_the_sum_of_the_first_takes_to_the_last_bit(
    asked: GenerationRequest, takes: tuple[Take, ...], still: Still, tmp_path: Path
) -> None:
    done = deliver(asked, takes, tmp_path / "out", Provenance(still))
    assert [(stem.name, stem.take) for stem in done.stems if stem.in_mix] == [("Big Dog", 1), ("frog", 1)]
    read = {s.file: soundfile.read(done.folder / s.file, dtype="int32")[0] for s in done.stems if s.in_mix}
    mix = soundfile.read(done.folder / "mix.wav", dtype="int32")[0]
    assert (mix == sum(read.values())).all()
    assert mix.any()


def test_stems_are_at_the_level_asked_for(
    asked: GenerationRequest, takes: tuple[Take, ...], still: Still, tmp_path: Path
) -> None:
    done = deliver(asked, takes, tmp_path / "out", Provenance(still))
    levels = {target.name: target.level_lufs for target in asked.targets}
    for stem in done.stems:
        samples = soundfile.read(done.folder / stem.file, dtype="float32", always_2d=True)[0].T
        assert integrated_lufs(samples, 48_000) == pytest.approx(levels[stem.name], abs=0.15)
        assert stem.lufs == pytest.approx(levels[stem.name], abs=0.15)
        assert stem.true_peak_dbtp is not None
        assert stem.true_peak_dbtp < 0


def test_a_mix_that_would_clip_is_made_safe_and_says_so(
    asked: GenerationRequest, takes: tuple[Take, ...], still: Still, tmp_path: Path
) -> None:
    loud = replace(asked, targets=tuple(replace(t, level_lufs=-7.0) for t in asked.targets))
    done = deliver(loud, takes, tmp_path / "out", Provenance(still))
    assert done.gain_db < -1
    assert done.mix_true_peak_dbtp is not None
    assert done.mix_true_peak_dbtp < 0
    recipe = json.loads((tmp_path / "out/recipe.json").read_text())
    assert recipe["output"]["gain_db"] == done.gain_db


def test_the_recipe_makes_the_same_samples_again(
    asked: GenerationRequest, takes: tuple[Take, ...], still: Still, tmp_path: Path
) -> None:
    first = deliver(asked, takes, tmp_path / "a", Provenance(still, tmp_path / "still.png"))
    read = read_recipe(tmp_path / "a/recipe.json")
    assert read.request == asked
    again = ObjectAwareGenerator("fake", FakeDiffusion(), FakeEncoder()).generate(read.request, still)
    deliver(read.request, again, tmp_path / "b", Provenance(still))
    for name in [stem.file for stem in first.stems] + ["mix.wav"]:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_still_that_moved_beside_its_recipe_is_found(
    asked: GenerationRequest, takes: tuple[Take, ...], still: Still, tmp_path: Path
) -> None:
    deliver(asked, takes, tmp_path / "out", Provenance(still, tmp_path / "gone" / "street.png"))
    assert read_recipe(tmp_path / "out/recipe.json").still == tmp_path / "gone" / "street.png"
    (tmp_path / "street.png").touch()
    assert read_recipe(tmp_path / "out/recipe.json").still == tmp_path / "street.png"


def test_words_alone_have_no_masks_and_are_the_mix(tmp_path: Path) -> None:
    request = GenerationRequest("fake", None, (Target((), "rain", "rain", None, -23.0),), duration=1.0)
    takes = ObjectAwareGenerator("fake", FakeDiffusion(), None).generate(request)
    done = deliver(request, takes, tmp_path / "out")
    assert names_in(tmp_path / "out") == {
        *("stems/01_rain_take1.wav", "mix.wav", "spectrogram.png", "recipe.json")
    }
    assert done.summary()["pictures"] == [str((tmp_path / "out/spectrogram.png").resolve())]
    assert (tmp_path / "out/mix.wav").read_bytes() == (tmp_path / "out" / done.stems[0].file).read_bytes()


def note(seen: list[float], share: float, _: str) -> None:
    seen.append(share)


def reached(seen: list[float], last: float) -> bool:
    return seen[-1] >= last


def test_cancelling_at_any_moment_leaves_nothing(
    asked: GenerationRequest, takes: tuple[Take, ...], still: Still, tmp_path: Path
) -> None:
    for last in (-1.0, 0.0, 0.3, 0.5):
        seen = [-1.0]
        progress = Progress(partial(note, seen), partial(reached, seen, last))
        with pytest.raises(Cancelled):
            deliver(asked, takes, tmp_path / "out", Provenance(still), progress=progress)
        assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_up_leaves_nothing(
    asked: GenerationRequest,
    takes: tuple[Take, ...],
    still: Still,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(path: Path, *_: object) -> None:
        raise Failed(f"The disk is full: {path} could not be written.")

    monkeypatch.setattr(delivery, "write_file", full)
    with pytest.raises(Failed, match="disk is full"):
        deliver(asked, takes, tmp_path / "out", Provenance(still))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"request": 1}', '{"request": {}}', "\xff"])
def test_what_is_no_recipe_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "recipe.json").write_text(text, encoding="latin-1")
    with pytest.raises(BadInput):
        read_recipe(tmp_path / "recipe.json")
    with pytest.raises(BadInput, match="no recipe"):
        read_recipe(tmp_path / "other.json")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Dog", "dog"),
        ("car horn, far", "car-horn-far"),
        ("../../etc/passwd", "etc-passwd"),
        ("Straße_2", "strasse-2"),
        ("犬", "犬"),
        ("!?", "object"),
        ("x" * 90, "x" * 40),
        ("犬" * 30, "犬" * 13),
    ],
)
def test_names_become_safe_parts_of_file_names(words: str, name: str) -> None:
    assert file_name(words) == name
