"""Takes on disk are what was made, to the last bit, or refused."""

import os
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from engine.errors import BadInput
from engine.project.safe_files import SafeFiles
from engine.project.take_files import TakeStore, read_take, take_digest, take_file, write_take
from engine.scene.takes import Take
from tests.engine.project.toy_project import toy_take

floats = st.floats(width=32, allow_nan=False, allow_infinity=False)


@settings(max_examples=40, deadline=None)
@given(arrays(np.float32, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=floats))
def test_samples_come_back_bit_for_bit(
    tmp_path_factory: pytest.TempPathFactory, samples: NDArray[np.float32]
) -> None:
    files = SafeFiles(tmp_path_factory.mktemp("takes"))
    take = Take(samples, 44_100, "Dog", (0,), 1, "{}")
    back = read_take(files, write_take(files, take))
    assert back.tobytes() == samples.tobytes()
    assert not back.flags.writeable


def test_any_program_reads_the_file(tmp_path: Path) -> None:
    take = toy_take(1, channels=2)
    record = write_take(SafeFiles(tmp_path), take, (0, 3))
    samples, rate = soundfile.read(tmp_path / take_file(record.digest), dtype="float32")
    assert (record.rate, record.channels, record.samples, record.objects) == (16_000, 2, 800, (0, 3))
    assert rate == 16_000
    assert (take.samples == samples.T).all()


def test_the_digest_is_of_samples_rate_and_recipe() -> None:
    take = toy_take(1)
    others = [
        replace(take, rate=8_000),
        replace(take, recipe="{}"),
        replace(take, samples=take.samples * np.float32(0.5)),
        replace(take, samples=take.samples.reshape(2, -1)),
    ]
    assert len({take_digest(one) for one in (take, *others)}) == 5
    assert take_digest(replace(take, name="Cat", number=9)) == take_digest(take)


def test_the_same_take_is_stored_once_and_never_touched_again(tmp_path: Path) -> None:
    files = SafeFiles(tmp_path)
    record = write_take(files, toy_take(1))
    before = (tmp_path / take_file(record.digest)).stat()
    assert write_take(files, toy_take(1)) == record
    assert (tmp_path / take_file(record.digest)).stat() == before


def test_a_damaged_file_is_mended_by_adding_the_take_again(tmp_path: Path) -> None:
    files = SafeFiles(tmp_path)
    record = write_take(files, toy_take(1))
    (tmp_path / take_file(record.digest)).write_bytes(b"RIFF")
    write_take(files, toy_take(1))
    assert (read_take(files, record) == toy_take(1).samples).all()


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros((1, 0), np.float32),
        np.zeros((0, 9), np.float32),
        np.zeros((65, 9), np.float32),
        np.full((1, 9), np.nan, np.float32),
    ],
)
def test_what_is_no_sound_is_not_stored(tmp_path: Path, samples: NDArray[np.float32]) -> None:
    with pytest.raises(BadInput, match="cannot be stored"):
        write_take(SafeFiles(tmp_path), Take(samples, 16_000, "Dog", (0,), 1, "{}"))
    assert not list(tmp_path.iterdir())


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-100] ^= 1
    path.write_bytes(data)


def _claim_gigabytes(path: Path) -> None:
    data = bytearray(path.read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = struct.pack("<I", 0xFFFFFF00)
    data[4:8] = struct.pack("<I", 0xFFFFFFF0)
    path.write_bytes(data)


def _other_format(path: Path) -> None:
    soundfile.write(path, toy_take(1).samples.T, 16_000, format="FLAC")


def _link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


def _to_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _to_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: list[Callable[[Path], object]] = [
    _flip,
    _claim_gigabytes,
    _other_format,
    _link,
    Path.unlink,
    lambda path: path.write_bytes(path.read_bytes()[:-4]),
    lambda path: path.write_bytes(b""),
    lambda path: path.write_bytes(os.urandom(4_000)),
    lambda path: os.truncate(path, 5_000_000),
    lambda path: soundfile.write(path, toy_take(1).samples.T, 48_000, subtype="FLOAT"),
    lambda path: soundfile.write(path, toy_take(2).samples.T, 16_000, subtype="FLOAT"),
    lambda path: soundfile.write(path, toy_take(1).samples.T, 16_000, subtype="PCM_24"),
    _to_pipe,
    _to_folder,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_that_is_not_the_take_is_refused_with_a_sentence(
    tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    files = SafeFiles(tmp_path)
    record = write_take(files, toy_take(1))
    damage(tmp_path / take_file(record.digest))
    with pytest.raises(BadInput, match=r"is damaged|is missing|is a link|no plain file|larger than"):
        read_take(files, record)


def test_a_record_that_claims_gigabytes_is_refused_before_any_is_taken(tmp_path: Path) -> None:
    files = SafeFiles(tmp_path)
    record = write_take(files, toy_take(1))
    path = tmp_path / take_file(record.digest)
    os.truncate(path, 2**36)
    with pytest.raises(BadInput, match="damaged"):
        read_take(files, replace(record, channels=64, samples=2**28))


def test_the_store_decodes_once_and_keeps_what_was_used_last(tmp_path: Path) -> None:
    files = SafeFiles(tmp_path)
    store = TakeStore(files, most_bytes=2 * 800 * 4)
    records = [write_take(files, toy_take(number)) for number in range(3)]
    for record in records:
        store.register(record)
    first, rate = store(records[0].digest)
    assert rate == 16_000
    store(records[1].digest)
    assert store(records[0].digest)[0] is first
    store(records[2].digest)
    for record in records:
        (tmp_path / take_file(record.digest)).unlink()
    assert store(records[0].digest)[0] is first
    assert store(records[2].digest)[0].shape == (1, 800)
    with pytest.raises(BadInput, match="missing"):
        store(records[1].digest)


def test_a_take_larger_than_the_store_is_read_each_time(tmp_path: Path) -> None:
    files = SafeFiles(tmp_path)
    store = TakeStore(files, most_bytes=100)
    record = write_take(files, toy_take(1))
    store.register(record)
    assert store(record.digest)[0] is not store(record.digest)[0]


def test_a_take_that_nobody_told_of_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no take"):
        TakeStore(SafeFiles(tmp_path))("a" * 64)
