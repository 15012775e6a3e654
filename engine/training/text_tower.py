"""The recipe of the text tower: the condition space is laid out here, and words are taught their place in it.

Every concept has a direction of its own, nearly at right angles to the others (concepts of one family a little
nearer); the words beside the concept's own ("engine" or "horn", "distant") turn it a little; several things named
in one text lie between their parts. Texts are drawn from the concept table with synonyms, plurals and typing
slips, each with the point that it should land on, and the tower learns by pulling each text to its point while
pushing it from the other points of the batch.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.text_tower import TextTower, Tokens, split_words
from engine.models.concepts import Concept
from engine.progress import Progress
from engine.training.contrast import contrast
from engine.training.loop import Schedule, Trainer

Embedding = NDArray[np.float32]

FAMILIES = (
    "dog cat rooster bird crow horse frog elephant big_cat cow insect",
    "voice footsteps crowd baby sneeze applause",
    "car truck motorcycle airplane helicopter ship train bicycle chainsaw",
    "piano guitar saxophone accordion bell telephone siren horn",
    "rain sea stream fire wind thunder",
    "clock gun camera scissors keyboard door glass ball",
)
# Things that others have and that sound by themselves: "a car horn" lies between the car and the horn.
CARRIED = {"horn": ("horn", "honk", "honking"), "bell": ("bell", "bells"), "siren": ("siren",)}
LITTLE_WORDS = frozenset(
    split_words("a an the of in on at by to its and with while as is are some one two few several")
)
MANNERS = (
    *split_words("loud quiet soft distant close near far small large big little heavy light fast slow quick"),
    *split_words(
        "gentle strong deep high low short long single old new angry happy outdoors indoors echoing"
    ),
    *split_words("passing starting stopping wooden metal wet dry constant busy calm night morning"),
)
JOINS = (" and ", " with ", ", ", " while ", " near ", " together with ", " plus ", " then ")
FRAMES = (
    "{}",
    "{}",
    "a {}",
    "the {}",
    "the sound of {}",
    "sound of a {}",
    "noise of a {}",
    "{} sound",
    "{} noise",
)


@dataclass(frozen=True)
class TextTowerConfig:
    """The tower's size and the loop; see TextTower for the first three."""

    width: int = 96
    heads: int = 4
    buckets: int = 2048
    schedule: Schedule = field(default_factory=lambda: Schedule(2400, 4e-3, warmup_steps=100))
    batch: int = 96
    average: float = 0.995
    seed: int = 5

    @classmethod
    def release(cls) -> "TextTowerConfig":
        """What the bundled weights were made with: about two minutes of one core."""
        return cls()

    @classmethod
    def toy(cls) -> "TextTowerConfig":
        """Seconds on a CPU."""
        return cls(
            width=32, buckets=256, schedule=Schedule(120, 5e-3, warmup_steps=10), batch=64, average=0.9
        )


class ConceptLayout:
    """Where in the condition space texts belong.

    Args:
        concepts: the concept table.
        width: of the space.
        seed: of its directions.
    """

    def __init__(self, concepts: Sequence[Concept], width: int = 512, seed: int = 1) -> None:
        self.concepts = tuple(concepts)
        rng = np.random.default_rng(seed)
        own = len(concepts) + len(FAMILIES) + 1
        # Concepts, families and the null are exactly at right angles; other words take random directions.
        directions = np.linalg.qr(rng.normal(size=(width, own)))[0].T.astype(np.float32)
        self.null = directions[-1]
        family_of = {name: place for place, family in enumerate(FAMILIES) for name in family.split()}
        self.places: dict[str, Embedding] = {}
        for place, concept in enumerate(concepts):
            shared = directions[len(concepts) + family_of.get(concept.id, 0)]
            self.places[concept.id] = np.sqrt(0.9) * directions[place] + np.sqrt(0.1) * shared
        words = {word for concept in concepts for text in _texts(concept) for word in split_words(text)}
        self.vocabulary = tuple(sorted(words | set(MANNERS) | LITTLE_WORDS | _framing_words()))
        scattered = rng.normal(size=(len(self.vocabulary), width)).astype(np.float32) / np.sqrt(width)
        self._turns = dict(zip(self.vocabulary, scattered, strict=True))

    def point(self, concept: Concept, text: str) -> Embedding:
        """Where a text about one concept belongs; a unit vector."""
        words = [word for word in split_words(text) if word not in LITTLE_WORDS]
        carried = [part for part, names in CARRIED.items() if part != concept.id and set(names) & set(words)]
        centre = self.places[concept.id]
        for part in carried:
            centre = 0.65 * centre + 0.75 * self.places.get(part, centre)
        named = set(split_words(concept.name))
        turns = [self._turns[word] for word in words if word in self._turns and word not in named]
        turned = centre + 0.5 * _unit(np.sum(turns, axis=0)) if turns else centre
        return _unit(turned)

    def draw(self, rng: np.random.Generator) -> tuple[str, Embedding]:
        """A text, and where it belongs."""
        kind = rng.random()
        if kind < 0.02:
            return "", self.null
        if kind < 0.05:
            return " ".join(_babble(rng) for _ in range(int(rng.integers(1, 3)))), self.null
        count = 1 if kind < 0.62 else 2 if kind < 0.92 else 3
        picked = rng.choice(len(self.concepts), count, replace=False)
        parts = [self._one(self.concepts[int(place)], rng) for place in picked]
        join = JOINS[int(rng.integers(len(JOINS)))]
        return join.join(text for text, _ in parts), _unit(np.sum([point for _, point in parts], axis=0))

    def _one(self, concept: Concept, rng: np.random.Generator) -> tuple[str, Embedding]:
        kind = rng.random()
        if kind < 0.5:
            text = concept.captions[int(rng.integers(len(concept.captions)))]
        else:
            words = concept.words[0 if kind < 0.72 else int(rng.integers(len(concept.words)))]
            text = FRAMES[int(rng.integers(len(FRAMES)))].format(words)
        if rng.random() < 0.25:
            text = f"{MANNERS[int(rng.integers(len(MANNERS)))]} {text}"
        point = self.point(concept, text)
        if rng.random() < 0.06:
            text = f"{text} {_babble(rng)}"
        return text if rng.random() > 0.15 else _mistyped(text, rng), point


def _texts(concept: Concept) -> Iterator[str]:
    yield from concept.words
    yield from concept.captions


def _framing_words() -> set[str]:
    return {word for text in (*FRAMES, *JOINS) for word in split_words(text.replace("{}", " "))}


def _unit(vector: Embedding) -> Embedding:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


def _babble(rng: np.random.Generator) -> str:
    letters = rng.choice(list("bcdfghjklmnpqrstvwxyzaeiou"), int(rng.integers(3, 9)))
    return "".join(letters.tolist())


def _mistyped(text: str, rng: np.random.Generator) -> str:
    """One of the longer words with a letter lost, doubled or swapped, or with another ending."""
    longer = [match.span() for match in re.finditer(r"[a-z]{4,}", text)]
    if not longer:
        return text
    start, end = longer[int(rng.integers(len(longer)))]
    place = int(rng.integers(start + 1, end - 1))
    slips = (
        text[:place] + text[place + 1 :],
        text[:place] + text[place] + text[place:],
        text[:place] + text[place + 1] + text[place] + text[place + 2 :],
        text[:end] + "s" + text[end:],
    )
    return slips[int(rng.integers(len(slips)))]


def _veiled(tokens: Tokens, rng: np.random.Generator, share: float = 0.2) -> Tokens:
    """Some known words passed off as unknown, so that their letters learn to speak for them."""
    veil = torch.from_numpy(rng.random(tuple(tokens.words.shape)) < share)
    return Tokens(torch.where(veil & (tokens.words > 1), 1, tokens.words), tokens.grams)


def train_text_tower(
    concepts: Sequence[Concept],
    config: TextTowerConfig,
    progress: Progress,
    checkpoint: Path | None = None,
) -> tuple[TextTower, list[float]]:
    """Train the tower.

    Returns:
        The tower and the loss of each step.
    """
    layout = ConceptLayout(concepts)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        tower = TextTower(list(layout.vocabulary), config.buckets, config.width, config.heads)
    trainer = Trainer(tower, config.schedule, checkpoint, config.average)

    def loss_of(batch: tuple[Tokens, Tensor], share: float) -> Tensor:
        progress.report(share, "teaching words")
        tokens, points = batch
        return contrast(tower(tokens.words, tokens.grams), points, temperature=0.05, nearness=5.0)

    losses = trainer.run(_batches(layout, tower, config, trainer.step), loss_of)
    trainer.finish()
    return tower, losses


def _batches(
    layout: ConceptLayout, tower: TextTower, config: TextTowerConfig, step: int
) -> Iterator[tuple[Tokens, Tensor]]:
    while True:  # each batch follows from its step, so a resumed run goes on with fresh texts
        rng = np.random.default_rng((config.seed, step))
        texts, points = zip(*(layout.draw(rng) for _ in range(config.batch)), strict=True)
        yield _veiled(tower.tokenizer(texts), rng), torch.from_numpy(np.stack(points))
        step += 1
