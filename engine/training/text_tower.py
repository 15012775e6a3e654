"""Training of the text tower: the layout of the condition space, and texts mapped into it.

Every concept has a direction of its own, nearly orthogonal to the others (concepts of one family a little
closer); words besides the concept's name ("engine" or "horn", "distant") rotate it a little; a text with
several concepts lies between them. Texts are drawn from the concept table with synonyms, plurals and typing
errors, each with its target, and the tower learns by pulling each text to its target and away from the other
targets of the batch.

Networks trained with an earlier tower continue to work with a later one: directions never change when the
table grows, and texts about the earlier tower's concepts are trained toward the earlier tower's embeddings.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engine.diffusion.text_tower import TextTower, Tokens, split_words
from engine.models.concepts import Concept
from engine.progress import Progress
from engine.training.contrast import contrast
from engine.training.loop import Schedule, Trainer

Embedding = NDArray[np.float32]

FAMILIES = (
    "dog cat rooster bird crow horse frog elephant big_cat cow insect pig sheep hen monkey",
    "voice footsteps crowd baby sneeze applause laughter cough snoring breathing drinking brushing_teeth",
    "car truck motorcycle airplane helicopter ship train bicycle chainsaw hand_saw vacuum_cleaner "
    "washing_machine",
    "piano guitar saxophone accordion bell telephone siren horn alarm_clock brass violin flute drum",
    "rain sea stream fire wind thunder toilet pouring_water water_drops",
    "clock gun camera scissors keyboard door glass ball fireworks tin_can mouse_click explosion metal_hit "
    "wood_hit cloth",
)
# The first concepts of the table, in order; their directions were drawn together, later ones separately.
FIRST_CONCEPTS = 48
# Parts of other objects that sound by themselves: "a car horn" lies between the car and the horn.
CARRIED = {"horn": ("horn", "honk", "honking"), "bell": ("bell", "bells"), "siren": ("siren",)}
# Names that only seem to contain one of those.
WHOLE_NAMES = ("french horn",)
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
    """The tower's size and the training loop; see TextTower for the first three."""

    width: int = 96
    heads: int = 4
    buckets: int = 2048
    schedule: Schedule = field(default_factory=lambda: Schedule(2400, 4e-3, warmup_steps=100))
    batch: int = 96
    average: float = 0.995
    seed: int = 5

    @classmethod
    def release(cls) -> "TextTowerConfig":
        """Return the config of the bundled weights: about two minutes of one core."""
        return cls()

    @classmethod
    def toy(cls) -> "TextTowerConfig":
        """Return a config for seconds on a CPU."""
        return cls(
            width=32, buckets=256, schedule=Schedule(120, 5e-3, warmup_steps=10), batch=64, average=0.9
        )


class ConceptLayout:
    """The target embeddings of texts.

    Args:
        concepts: the concept table; appending to it keeps all existing directions.
        width: width of the space.
        seed: seed of its directions.
    """

    def __init__(self, concepts: Sequence[Concept], width: int = 512, seed: int = 1) -> None:
        self.concepts = tuple(concepts)
        directions = _directions(len(concepts), width, seed)
        self.null, families = directions.null, directions.families
        family_of = {name: place for place, family in enumerate(FAMILIES) for name in family.split()}
        self.places: dict[str, Embedding] = {}
        for concept, own in zip(concepts, directions.concepts, strict=True):
            shared = families[family_of.get(concept.id, 0)]
            self.places[concept.id] = np.sqrt(0.9) * own + np.sqrt(0.1) * shared
        words = {word for concept in concepts for text in _texts(concept) for word in split_words(text)}
        self.vocabulary = tuple(sorted(words | set(MANNERS) | LITTLE_WORDS | _framing_words()))
        self._turns = {word: _turn(word, width, seed) for word in self.vocabulary}

    def point(self, concept: Concept, text: str) -> Embedding:
        """Return the target of a text about one concept, a unit vector."""
        words = [word for word in split_words(text) if word not in LITTLE_WORDS]
        apart = set(split_words(re.sub("|".join(WHOLE_NAMES), " ", text)))
        carried = [part for part, names in CARRIED.items() if part != concept.id and set(names) & apart]
        centre = self.places[concept.id]
        for part in carried:
            centre = 0.65 * centre + 0.75 * self.places.get(part, centre)
        named = set(split_words(concept.name))
        turns = [self._turns[word] for word in words if word in self._turns and word not in named]
        turned = centre + 0.5 * _unit(np.sum(turns, axis=0)) if turns else centre
        return _unit(turned)

    def draw(self, rng: np.random.Generator) -> tuple[str, Embedding]:
        """Draw a text and its target."""
        text, point, _ = self.draw_of(rng)
        return text, point

    def draw_of(self, rng: np.random.Generator) -> tuple[str, Embedding, frozenset[str]]:
        """Draw a text, its target, and the ids of its concepts."""
        kind = rng.random()
        if kind < 0.02:
            return "", self.null, frozenset()
        if kind < 0.05:
            babble = " ".join(_babble(rng) for _ in range(int(rng.integers(1, 3))))
            return babble, self.null, frozenset()
        count = 1 if kind < 0.62 else 2 if kind < 0.92 else 3
        picked = [self.concepts[int(place)] for place in rng.choice(len(self.concepts), count, replace=False)]
        parts = [self._one(concept, rng) for concept in picked]
        join = JOINS[int(rng.integers(len(JOINS)))]
        point = _unit(np.sum([point for _, point in parts], axis=0))
        return join.join(text for text, _ in parts), point, frozenset(concept.id for concept in picked)

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


@dataclass(frozen=True)
class _Directions:
    """Orthogonal unit vectors: of each concept, of each family, and of the null condition."""

    concepts: Embedding
    families: Embedding
    null: Embedding


def _directions(concepts: int, width: int, seed: int) -> _Directions:
    rng = np.random.default_rng(seed)
    drawn = np.linalg.qr(rng.normal(size=(width, FIRST_CONCEPTS + len(FAMILIES) + 1)))[0].T
    later = np.random.default_rng((seed, 1)).normal(size=(max(0, concepts - FIRST_CONCEPTS), width))
    added = np.zeros((0, width))
    for vector in later:  # one by one, so that a longer table begins like a shorter one
        taken = np.concatenate([drawn, added])
        rest = vector - taken.T @ (taken @ vector)
        added = np.concatenate([added, rest[None] / np.linalg.norm(rest)])
    every = np.concatenate([drawn[:FIRST_CONCEPTS], added])[:concepts].astype(np.float32)
    return _Directions(every, drawn[FIRST_CONCEPTS:-1].astype(np.float32), drawn[-1].astype(np.float32))


def _turn(word: str, width: int, seed: int) -> Embedding:
    """Return the random direction of a word besides a concept's name, the same for every table."""
    rng = np.random.default_rng((seed, zlib.crc32(word.encode())))
    return np.asarray(rng.normal(size=width) / np.sqrt(width), np.float32)


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
    """Return the text with one of its longer words misspelt: a letter lost, doubled or swapped, or another ending."""
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
    """Replace some known words by the unknown word, so that their character n-grams are trained."""
    veil = torch.from_numpy(rng.random(tuple(tokens.words.shape)) < share)
    return Tokens(torch.where(veil & (tokens.words > 1), 1, tokens.words), tokens.grams)


class Earlier:
    """An earlier tower whose embeddings are kept: of texts about concepts it knew, and of the null condition."""

    def __init__(self, tower: TextTower, layout: ConceptLayout) -> None:
        self.tower = tower
        names = tower.encode([concept.name for concept in layout.concepts]).numpy()
        near = names @ np.stack([layout.places[concept.id] for concept in layout.concepts]).T
        at_home = (near.argmax(1) == np.arange(len(near))) & (near.max(1) > 0.4)
        self.known = frozenset(c.id for c, known in zip(layout.concepts, at_home, strict=True) if known)
        self._texts = tuple(text for c in layout.concepts if c.id in self.known for text in _texts(c))

    def plain(self, rng: np.random.Generator, count: int) -> tuple[str, ...]:
        """Draw names and captions of known concepts as they are in the table, the most common prompts."""
        places = rng.integers(len(self._texts), size=count) if self._texts else ()
        return tuple(self._texts[int(place)] for place in places)

    def points(self, texts: Sequence[str], about: Sequence[frozenset[str]], points: Tensor) -> Tensor:
        """Replace the targets (B, L) of texts about known concepts alone by the earlier tower's embeddings."""
        known = torch.tensor([ids <= self.known for ids in about])
        return torch.where(known[:, None], self.tower.encode(texts), points)

    def begin(self, tower: TextTower) -> None:
        """Initialize ``tower`` with the earlier weights, if the sizes match; words are matched by spelling."""
        before, state = self.tower.state_dict(), tower.state_dict()
        rows = self.tower.tokenizer.rows
        for word, row in tower.tokenizer.rows.items():
            if word in rows and before["word_table.weight"].shape[1] == state["word_table.weight"].shape[1]:
                state["word_table.weight"][row] = before["word_table.weight"][rows[word]]
        same = {
            name: value
            for name, value in before.items()
            if name != "word_table.weight" and state[name].shape == value.shape
        }
        tower.load_state_dict({**state, **same})


def train_text_tower(
    concepts: Sequence[Concept],
    config: TextTowerConfig,
    progress: Progress,
    checkpoint: Path | None = None,
    earlier: TextTower | None = None,
) -> tuple[TextTower, list[float]]:
    """Train the tower.

    Args:
        concepts: the concept table.
        config: size and training loop.
        progress: told of every step.
        checkpoint: file to resume from and save to, or None.
        earlier: a tower whose embeddings are kept, so that networks trained with it continue to work.

    Returns:
        The tower and the loss of each step.
    """
    layout = ConceptLayout(concepts)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        tower = TextTower(list(layout.vocabulary), config.buckets, config.width, config.heads)
    kept = None if earlier is None else Earlier(earlier, layout)
    if kept is not None:
        kept.begin(tower)
    trainer = Trainer(tower, config.schedule, checkpoint, config.average)

    def loss_of(batch: tuple[Tokens, Tensor], share: float) -> Tensor:
        progress.report(share, "teaching words")
        tokens, points = batch
        return contrast(tower(tokens.words, tokens.grams), points, temperature=0.05, nearness=5.0)

    losses = trainer.run(_batches(layout, tower, config, trainer.step, kept), loss_of)
    trainer.finish()
    return tower, losses


def _together(first: Tokens, second: Tokens) -> Tokens:
    """Concatenate two batches."""
    length = max(first.words.shape[1], second.words.shape[1])
    filled = [
        (
            functional.pad(t.words, (0, length - t.words.shape[1])),
            functional.pad(t.grams, (0, 0, 0, length - t.grams.shape[1])),
        )
        for t in (first, second)
    ]
    return Tokens(torch.cat([words for words, _ in filled]), torch.cat([grams for _, grams in filled]))


def _batches(
    layout: ConceptLayout, tower: TextTower, config: TextTowerConfig, step: int, kept: Earlier | None
) -> Iterator[tuple[Tokens, Tensor]]:
    while True:  # each batch is seeded by its step, so a resumed run continues with new texts
        rng = np.random.default_rng((config.seed, step))
        texts, points, about = zip(*(layout.draw_of(rng) for _ in range(config.batch)), strict=True)
        tokens, targets = _veiled(tower.tokenizer(texts), rng), torch.from_numpy(np.stack(points))
        if kept is not None:
            plain = kept.plain(rng, config.batch)
            targets = torch.cat([kept.points(texts, about, targets), kept.tower.encode(plain)])
            tokens = _together(tokens, tower.tokenizer(plain))
        yield tokens, targets
        step += 1
