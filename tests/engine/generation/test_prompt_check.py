"""Prompts that mean nothing to the bundled model are told from those that do."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from torch import Tensor

from engine.diffusion.model_folder import learnt_sounds
from engine.diffusion.pipeline import load_text_encoder
from engine.generation.prompt_check import PromptChecker
from engine.models.concepts import load_concepts
from engine.models.resources import resource

UNKNOWN = """a theremin|a banana|quantum flux|the colour blue|a mountain at dawn|happiness|a spaceship landing|
a robot arm|an empty chair|a jackhammer|microwave oven|popcorn popping|a zipper|sword fight|whale song|a dinosaur|
a ghost|an elevator|a slot machine|a printer|snow falling silently|a dragon breathing fire|xylqz|asdf ghjk|
a refrigerator humming|pizza|philosophy|electric drill|a sewing machine|a lawn|a cactus in the desert|coins dropping|
a balloon popping|a spider web"""
KNOWN = """a dog barking|two dogs|a poodle|cat|rooster at dawn|rain on leaves|heavy rain|a car passing by|
a motorbike revving|a clock ticking|a train whistle|waves on the beach|a church bell|footsteps in snow|a baby crying|
typing on a keyboard|a gunshot|thunder in the distance|fire crackling|the wind in the trees|a horse galloping|
a guitar and a piano|an airplane overhead|a helicopter|an old telephone|a bicycle bell"""


class BundledWords:
    """The bundled text encoder, as the checker needs it."""

    def __init__(self) -> None:
        self._encoder = load_text_encoder(resource("models", "pocket"))

    def encode_text(self, texts: Sequence[str]) -> Tensor:
        return torch.as_tensor(self._encoder.encode(list(texts))).float()


@pytest.fixture(scope="module")
def checker() -> PromptChecker:
    return PromptChecker(BundledWords(), frozenset(concept.id for concept in load_concepts()))


def listed(text: str) -> list[str]:
    return text.replace("\n", "").split("|")


def test_of_34_meaningless_prompts_31_are_flagged_and_at_most_3_of_26_meaningful_ones(
    checker: PromptChecker,
) -> None:
    unknown, known = listed(UNKNOWN), listed(KNOWN)
    assert (len(unknown), len(known)) == (34, 26)
    assert sum(not checker.check(prompt).is_known for prompt in unknown) >= 31
    assert sum(not checker.check(prompt).is_known for prompt in known) <= 3


def test_every_caption_of_the_table_is_known(checker: PromptChecker) -> None:
    captions = [caption for concept in load_concepts() for caption in concept.captions]
    assert [caption for caption in captions if not checker.check(caption).is_known] == []


def test_an_unknown_prompt_is_quoted_with_what_is_tried_instead(checker: PromptChecker) -> None:
    sentence = checker.check("a theremin").sentence
    assert sentence is not None
    assert sentence.startswith("No sound known for “a theremin”: it tries something like “")


def test_a_known_thing_that_the_model_has_not_learnt_is_said() -> None:
    checker = PromptChecker(BundledWords(), frozenset({"dog"}))
    assert checker.check("a dog barking").sentence is None
    sentence = checker.check("a pig and a dog").sentence
    assert sentence is not None
    assert "has not learnt the sound of “pig”" in sentence


def test_the_bundled_model_says_which_sounds_it_has_learnt() -> None:
    learnt = learnt_sounds(Path(resource("models", "pocket")))
    assert learnt is not None
    assert {"dog", "rain"} <= learnt <= {concept.id for concept in load_concepts()}
