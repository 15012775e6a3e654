"""The text tower's recipe: where texts belong, and that a toy tower learns it."""

import numpy as np

from engine.models.concepts import Concept, ConceptIndex, load_concepts
from engine.progress import no_progress
from engine.training.text_tower import ConceptLayout, TextTowerConfig, train_text_tower


def concept(name: str) -> Concept:
    return ConceptIndex(load_concepts())[name]


def test_concepts_stand_nearly_at_right_angles() -> None:
    places = np.stack(list(ConceptLayout(load_concepts()).places.values()))
    between = (places @ places.T)[~np.eye(len(places), dtype=bool)]
    assert between.max() < 0.15


def test_captions_of_a_concept_are_near_but_not_the_same() -> None:
    layout = ConceptLayout(load_concepts())
    points = [layout.point(concept("dog"), text) for text in concept("dog").captions]
    between = np.stack(points) @ np.stack(points).T
    apart = between[~np.eye(len(points), dtype=bool)]
    assert apart.min() > 0.7
    assert apart.max() < 0.99


def test_a_car_horn_belongs_between_the_car_and_the_horn() -> None:
    layout = ConceptLayout(load_concepts())
    blast = layout.point(concept("car"), "a car horn honking")
    assert blast @ layout.places["horn"] > 0.5
    assert blast @ layout.places["car"] > 0.3


def test_drawn_texts_are_many_and_their_points_of_unit_length() -> None:
    layout, rng = ConceptLayout(load_concepts()), np.random.default_rng(0)
    texts, points = zip(*(layout.draw(rng) for _ in range(300)), strict=True)
    assert len(set(texts)) > 250
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1, rtol=1e-4)


def test_the_loss_falls_and_names_find_their_places() -> None:
    concepts = load_concepts()[:8]
    tower, losses = train_text_tower(concepts, TextTowerConfig.toy(), no_progress())
    assert np.mean(losses[-10:]) < 0.5 * np.mean(losses[:5])
    places = np.stack([ConceptLayout(concepts).places[c.id] for c in concepts])
    found = tower.encode([c.name for c in concepts]).numpy() @ places.T
    assert (found.argmax(1) == np.arange(8)).all()


def test_a_table_that_grows_keeps_every_direction() -> None:
    concepts = load_concepts()
    short, long = ConceptLayout(concepts[:50]), ConceptLayout(concepts)
    for concept in concepts[:50]:
        np.testing.assert_allclose(short.places[concept.id], long.places[concept.id], atol=1e-6)
    np.testing.assert_allclose(short.null, long.null, atol=1e-6)


def test_a_french_horn_is_no_car_horn() -> None:
    layout = ConceptLayout(load_concepts())
    assert layout.point(concept("brass"), "a french horn") @ layout.places["horn"] < 0.2


def test_a_later_tower_keeps_what_an_earlier_one_says() -> None:
    concepts, settings = load_concepts()[:6], TextTowerConfig.toy()
    earlier, _ = train_text_tower(concepts[:4], settings, no_progress())
    tower, _ = train_text_tower(concepts, settings, no_progress(), earlier=earlier)
    texts = [text for c in concepts[:4] for text in (c.name, *c.captions)]
    kept = (earlier.encode(texts) * tower.encode(texts)).sum(-1)
    fresh, _ = train_text_tower(concepts, settings, no_progress())
    assert kept.mean() > 0.97
    assert kept.mean() > (earlier.encode(texts) * fresh.encode(texts)).sum(-1).mean() + 0.02
    places = np.stack([ConceptLayout(concepts).places[c.id] for c in concepts])
    found = tower.encode([c.name for c in concepts]).numpy() @ places.T
    assert (found.argmax(1) == np.arange(6)).all()
