"""Vectors in one byte an entry: near to what they were, and searched like all pairs."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.library.vectors import VectorFile, VectorSearch, codes_of, vectors_of


def unit_vectors(count: int, width: int = 64, seed: int = 0) -> NDArray[np.float32]:
    found = np.random.default_rng(seed).standard_normal((count, width))
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


def test_a_code_is_near_to_its_vector() -> None:
    vectors = np.clip(unit_vectors(100, 512), -0.29, 0.29)
    assert np.abs(vectors_of(codes_of(vectors)) - vectors).max() < 0.0013


def test_the_search_finds_what_all_pairs_find() -> None:
    vectors, queries = unit_vectors(5_000, 512), unit_vectors(20, 512, seed=1)
    search = VectorSearch(codes_of(vectors))
    shares = []
    for query in queries:
        true = set(np.argsort(-(vectors @ query))[:100].tolist())
        shares.append(len(true & {row for row, _ in search.best(query, 100)}) / 100)
    assert np.mean(shares) > 0.95


def test_the_scores_are_cosines() -> None:
    vectors = unit_vectors(50, 512)
    ((row, score),) = VectorSearch(codes_of(vectors)).best(vectors[7], 1)
    assert row == 7
    assert abs(score - 1) < 0.01


def test_only_allowed_rows_are_found() -> None:
    vectors = unit_vectors(100, 512)
    allowed = np.zeros(100, np.bool_)
    allowed[[3, 98]] = True
    found = VectorSearch(codes_of(vectors)).best(vectors[0], 10, allowed)
    assert {row for row, _ in found} == {3, 98}


def test_an_empty_file_has_no_rows_and_finds_nothing(tmp_path: Path) -> None:
    file = VectorFile(tmp_path / "none", 512)
    assert len(file) == 0
    assert VectorSearch(file.read()).best(unit_vectors(1, 512)[0], 5) == []


def test_rows_are_written_in_any_order_and_over_one_another(tmp_path: Path) -> None:
    file, vectors = VectorFile(tmp_path / "rows", 512), unit_vectors(4, 512)
    file.write([2, 0], codes_of(vectors[:2]))
    file.write([2], codes_of(vectors[2:3]))
    assert len(file) == 3
    assert np.allclose(file.rows([2, 0]), vectors[[2, 1]], atol=0.002)
    file.sync()


def test_searching_goes_on_while_rows_are_added(tmp_path: Path) -> None:
    file, vectors = VectorFile(tmp_path / "rows", 512), unit_vectors(40, 512)
    file.write(range(20), codes_of(vectors[:20]))
    search = VectorSearch(file.read())
    file.write(range(20, 40), codes_of(vectors[20:]))
    assert search.best(vectors[5], 1)[0][0] == 5
    assert VectorSearch(file.read()).best(vectors[33], 1)[0][0] == 33
