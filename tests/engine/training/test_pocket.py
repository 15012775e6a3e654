"""The whole chain at its toy setting: data in, a model folder out that makes sounds."""

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from engine.diffusion.pipeline import ObjectDiffusion
from engine.models.concepts import load_concepts
from engine.scene.hints import Click, Hints
from engine.training.__main__ import main
from engine.training.pocket import DatasetSizes, PocketRun, concept_of
from engine.training.pocket_folder import assemble
from engine.training.pocket_parts import make
from engine.training.recordings import Recording
from engine.vision.patches import PatchEncoder
from engine.vision.segmenter import Segmenter
from engine.vision.still import Still
from tests.engine.training.toy_pictures import put_picture, toy_picture, write_packs
from tests.engine.training.toy_sounds import tone, write_wav

SOUND_PARTS = ("text_encoder", "image_encoder", "object_attention", "vae", "vocoder", "unet")


def _shared(folder: Path) -> Path:
    rng = np.random.default_rng(2)
    for fold in (1, 2, 3, 4):
        write_wav(folder / f"data/esc10/dog_bark/{fold}-1-A.ogg", tone(400, 0.6, rng))
    write_wav(folder / "data/foley/frog.ogg", tone(900, 0.3, rng))
    write_packs(folder / "data")
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> PocketRun:
    folder = tmp_path_factory.mktemp("pocket")
    made = PocketRun(
        _shared(folder / "shared"),
        folder / "work",
        setting="toy",
        sizes=DatasetSizes.toy(),
        only=("dog", "truck", "frog"),
    )
    make(made, SOUND_PARTS)
    return made


def test_recordings_are_matched_to_concepts_by_class_and_by_file_name() -> None:
    concepts = load_concepts()
    silence = np.zeros(10, np.float32)
    assert concept_of(Recording("1-1-A", "esc10/dog_bark", 1, silence), concepts) == "dog"
    assert concept_of(Recording("frog", "foley/frog", 0, silence), concepts) == "frog"
    assert concept_of(Recording("zipper", "foley/not_in_the_table", 0, silence), concepts) is None


def test_the_chain_makes_a_model_folder_that_sounds_from_a_mask(run: PocketRun, tmp_path: Path) -> None:
    assemble(run.work / "parts", tmp_path / "model")
    model = ObjectDiffusion.from_folder(tmp_path / "model")
    encoder = PatchEncoder.from_folder(tmp_path / "model" / "image_encoder")
    pixels = np.concatenate([toy_picture("dog", np.random.default_rng(n)) for n in (1, 2)], axis=1)
    still = Still(pixels, "toy")
    patches = encoder.encode(still)
    takes = []
    for half in (slice(0, 32), slice(32, 64)):
        mask = np.zeros((32, 64), np.bool_)
        mask[:, half] = True
        condition = model.condition(patches.tokens, patches.coverage(mask))
        takes.append(model.sample(condition[None], [3], duration=0.5, steps=2, guidance=2.0)[0])
    assert all(np.isfinite(take).all() and np.abs(take).max() > 1e-4 for take in takes)
    assert np.abs(takes[0] - takes[1]).max() > 0


def test_the_model_folder_is_half_precision_safetensors_and_small(run: PocketRun, tmp_path: Path) -> None:
    assemble(run.work / "parts", tmp_path)
    index = json.loads((tmp_path / "model_index.json").read_text())
    assert index["foleyscape"]["mel_patch"] == 4
    for name in ("unet", "vae", "vocoder", "image_encoder"):
        full = sum(f.stat().st_size for f in run.part(name).glob("*.safetensors"))
        half = sum(f.stat().st_size for f in (tmp_path / name).glob("*.safetensors"))
        assert half < 0.7 * full


def test_a_finished_part_is_not_made_again(run: PocketRun) -> None:
    before = (run.part("vae") / "config.json").stat().st_mtime_ns
    make(run, SOUND_PARTS)
    assert (run.part("vae") / "config.json").stat().st_mtime_ns == before


def test_a_deleted_part_is_made_from_its_checkpoint(run: PocketRun, tmp_path: Path) -> None:
    weights = (run.part("text_encoder") / "diffusion_pytorch_model.safetensors").read_bytes()
    shutil.rmtree(run.part("text_encoder"))
    # Through the command, which the README names.
    arguments = ["--shared", str(run.shared), "--work", str(run.work), "--setting", "toy"]
    assert main([*arguments, "--parts", "text_encoder"]) == 0
    assert (run.part("text_encoder") / "diffusion_pytorch_model.safetensors").read_bytes() == weights


def test_the_toy_chain_makes_a_segmenter_that_proposes_masks(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    (tmp_path / "data").mkdir()
    with zipfile.ZipFile(tmp_path / "data" / "caltech101_sounding.zip", "w") as pack:
        for number in range(6):
            put_picture(pack, f"watch/{number}.webp", toy_picture("dog", rng, side=80), "WEBP")
            ground = rng.uniform(90, 170, (70, 80, 3)).astype(np.uint8)
            put_picture(pack, f"BACKGROUND_Google/{number}.webp", ground, "WEBP")
    run = PocketRun(tmp_path, tmp_path / "work", setting="toy")
    make(run, ("segmenter",))
    segmenter = Segmenter.from_folder(run.part("segmenter"))
    still = Still(toy_picture("dog", rng, side=64), "toy segmenter")
    segmenter.prepare(still)
    masks = segmenter.propose(still.digest, Hints((Click(32, 32),))).masks
    assert masks.shape == (3, 64, 64)
    assert masks[:, 32, 32].all()
