"""Names by CLIP: its own words, compared by cosine."""

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import BadInput
from engine.generation.model_parts import FolderParts
from engine.models.concepts import load_concepts
from engine.vision.clip_text import ClipTextNetwork
from engine.vision.namer import ObjectNamer
from engine.vision.patches import Frame, PatchEncoder, Patches
from engine.vision.towers import ClipPatchNetwork

WIDTH = 16
WHOLE = np.ones((64, 64), np.bool_)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder with CLIP's two encoders at toy size, and no sounds."""
    made = tmp_path_factory.mktemp("clip")
    with torch.random.fork_rng():
        torch.manual_seed(5)
        picture = ClipPatchNetwork(side=64, patch_size=16, width=16, layers=1, heads=2, text_width=WIDTH)
        text = ClipTextNetwork(width=16, layers=1, heads=2, text_width=WIDTH)
    picture.save_pretrained(made / "image_encoder")
    text.save_pretrained(made / "image_text_encoder")
    return made


@pytest.fixture(scope="module")
def namer(folder: Path) -> ObjectNamer:
    parts = FolderParts(folder)
    encoder = parts.encoder()
    assert isinstance(encoder, PatchEncoder)
    found = parts.namer(encoder)
    assert isinstance(found, ObjectNamer)
    return found


def patches(token: torch.Tensor) -> Patches:
    return Patches(token.repeat(16, 1), (4, 4), Frame((0, 0, 64, 64), 64), (64, 64))


def test_how_long_tokens_are_changes_no_name(namer: ObjectNamer) -> None:
    token = torch.randn(WIDTH, generator=torch.Generator().manual_seed(1))
    scores = namer.scores(patches(token), WHOLE)
    assert torch.allclose(namer.scores(patches(10 * token), WHOLE), scores, atol=1e-6)
    assert 0 < float(scores.sum()) <= 1


def test_the_words_are_clips_own(folder: Path, namer: ObjectNamer) -> None:
    concepts = load_concepts()
    clip = ClipTextNetwork.from_folder(folder / "image_text_encoder")
    for place in (0, 7):
        [word] = clip.encode([f"a photo of a {concepts[place].name}"])
        assert torch.allclose(word.norm(), torch.tensor(1.0), atol=1e-5)
        scores = namer.scores(patches(word), WHOLE)
        assert int(scores.argmax()) == place


def test_what_looks_like_nothing_in_particular_gets_less_than_half(folder: Path, namer: ObjectNamer) -> None:
    clip = ClipTextNetwork.from_folder(folder / "image_text_encoder")
    [nothing] = clip.encode(["a photo of nothing in particular"])
    named = namer.scores(patches(clip.encode(["a photo of a dog"])[0]), WHOLE)
    assert float(namer.scores(patches(nothing), WHOLE).sum()) < float(named.sum())


def test_a_picture_encoder_without_its_words_says_so(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "image_encoder").symlink_to(folder / "image_encoder")
    parts = FolderParts(tmp_path)
    encoder = parts.encoder()
    assert encoder is not None
    with pytest.raises(BadInput, match="Give every object a name"):
        parts.namer(encoder)


def test_a_damaged_text_encoder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(BadInput, match="could not be read"):
        ClipTextNetwork.from_folder(tmp_path)
