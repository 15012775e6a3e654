"""The text tower: what texts become, with toy weights and with the bundled ones."""

from pathlib import Path

import pytest
import torch

from engine.diffusion.text_tower import TextTower, letter_groups, split_words
from engine.models.concepts import load_concepts
from engine.models.resources import resource

WORDS = ["a", "dog", "rain", "barking", "and"]


@pytest.fixture
def tower() -> TextTower:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return TextTower(WORDS, buckets=64, width=16, heads=2).eval()


@pytest.fixture(scope="module")
def bundled() -> TextTower:
    return TextTower.from_pretrained(resource("models", "pocket", "text_encoder")).float().eval()


def test_texts_become_unit_vectors(tower: TextTower) -> None:
    found = tower.encode(["a dog barking", "rain", ""])
    assert found.shape == (3, 512)
    torch.testing.assert_close(found.norm(dim=-1), torch.ones(3))


def test_the_empty_text_is_one_null_condition_however_it_is_blank(tower: TextTower) -> None:
    null = tower.encode([""])
    for blank in ("   ", "\n", "...", "!?"):
        torch.testing.assert_close(tower.encode([blank]), null)
    assert not torch.allclose(tower.encode(["rain"]), null)


def test_a_text_is_the_same_alone_and_beside_a_longer_one(tower: TextTower) -> None:
    alone = tower.encode(["rain"])
    beside = tower.encode(["a dog and a dog and a dog barking in heavy rain", "rain", ""])[1:2]
    torch.testing.assert_close(alone, beside, atol=1e-5, rtol=1e-4)


def test_case_punctuation_and_order_do_not_matter(tower: TextTower) -> None:
    torch.testing.assert_close(tower.encode(["Rain, and: DOG!"]), tower.encode(["dog and rain"]))


def test_a_very_long_text_is_cut_instead_of_refused(tower: TextTower) -> None:
    assert len(split_words("rain " * 10_000)) == 24
    assert tower.encode(["rain " * 10_000 + "x" * 10_000]).isfinite().all()


def test_a_slip_keeps_most_letter_groups() -> None:
    meant, typed = set(letter_groups("helicopter", 2048)), set(letter_groups("helicpoter", 2048))
    assert len(meant & typed) >= 6
    assert not set(letter_groups("rain", 2048)) & meant


def test_a_saved_tower_reads_as_before(tower: TextTower, tmp_path: Path) -> None:
    tower.save_pretrained(tmp_path, safe_serialization=True)
    again = TextTower.from_pretrained(tmp_path).eval()
    torch.testing.assert_close(again.encode(["dogs bark", ""]), tower.encode(["dogs bark", ""]))


def test_the_bundled_words_tell_every_concept_from_the_others(bundled: TextTower) -> None:
    names = bundled.encode([concept.name for concept in load_concepts()])
    between = (names @ names.T)[~torch.eye(len(names), dtype=torch.bool)]
    assert between.mean() < 0.1
    assert between.max() < 0.6


def test_the_bundled_tower_knows_captions_synonyms_and_slips(bundled: TextTower) -> None:
    concepts = load_concepts()
    names = bundled.encode([concept.name for concept in concepts])
    texts = {text: place for place, concept in enumerate(concepts) for text in concept.captions}
    found = (bundled.encode(list(texts)) @ names.T).argmax(-1)
    assert (found == torch.tensor(list(texts.values()))).float().mean() > 0.95
    for slip, meant in (("hellicopter", "helicopter"), ("trian", "train"), ("chainsw", "chainsaw")):
        assert concepts[int((bundled.encode([slip]) @ names.T).argmax())].id == meant


def test_two_things_named_together_lie_between_them(bundled: TextTower) -> None:
    both, dog, rain, train = bundled.encode(["a dog barking and rain falling", "dog", "rain", "train"])
    assert both @ dog > 0.5
    assert both @ rain > 0.5
    assert both @ train < 0.3


def test_a_horn_of_a_car_is_not_its_engine(bundled: TextTower) -> None:
    blast, engine, car = bundled.encode(["a car horn honking", "a car engine idling", "a car"])
    assert blast @ engine < 0.6
    assert blast @ car > 0.3
    assert engine @ car > 0.7
