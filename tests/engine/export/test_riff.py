"""WAVE files as others read them: soundfile, wavinfo, and the bytes themselves."""

import errno
import os
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
import wavinfo
from hypothesis import given, settings
from hypothesis import strategies as st
from pymediainfo import MediaInfo

from engine.errors import BadInput, Failed
from engine.export.riff import WaveFormat, wave_bytes, wave_file

PCM16, PCM24, FLOAT = (WaveFormat(48_000, 2, bits) for bits in (16, 24, 32))


def steps(channels: int, samples: int, bits: int, seed: int = 0) -> np.ndarray:
    full = 1 << (bits - 1)
    drawn = np.random.default_rng(seed).integers(-full, full, (channels, samples))
    return drawn.astype(np.int32)


def chunks_of(path: Path) -> list[tuple[bytes, int]]:
    """Every chunk's name and stated size, and nothing left over at the end."""
    data, found, at = path.read_bytes(), [], 12
    while at < len(data):
        ident, size = struct.unpack_from("<4sI", data, at)
        found.append((ident, size))
        at += 8 + size + size % 2
    assert at == len(data)
    return found


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from([16, 24]), st.integers(1, 6), st.lists(st.integers(0, 50), max_size=4), st.integers(0, 9)
)
def test_whole_number_samples_come_back_bit_for_bit(
    tmp_path_factory: pytest.TempPathFactory, bits: int, channels: int, blocks: list[int], extra: int
) -> None:
    path = tmp_path_factory.mktemp("riff") / "a.wav"
    form = WaveFormat(44_100, channels, bits)
    written = [steps(channels, size, bits, seed) for seed, size in enumerate(blocks)]
    with wave_file(path, form, [(b"note", b"x" * extra)]) as wave:
        for block in written:
            wave.write(block)
    whole = np.concatenate([np.zeros((channels, 0), np.int32), *written], axis=1)
    read, rate = soundfile.read(path, dtype="int32", always_2d=True)
    assert rate == 44_100
    assert (read.T >> (32 - bits) == whole).all()
    assert path.stat().st_size == wave_bytes(form, whole.shape[1], [(b"note", b"x" * extra)])
    assert [ident for ident, _ in chunks_of(path)] == [b"JUNK", b"fmt ", b"note", b"data"]


def test_floating_point_comes_back_bit_for_bit_and_says_how_long_it_is(tmp_path: Path) -> None:
    samples = np.random.default_rng(1).normal(0, 3, (2, 101)).astype(np.float32)
    with wave_file(tmp_path / "a.wav", FLOAT) as wave:
        wave.write(samples)
    read, _ = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert (samples == read.T).all()
    assert soundfile.info(tmp_path / "a.wav").subtype == "FLOAT"
    data = (tmp_path / "a.wav").read_bytes()
    assert struct.unpack_from("<4sII", data, data.index(b"fact")) == (b"fact", 4, 101)
    assert (tmp_path / "a.wav").stat().st_size == wave_bytes(FLOAT, 101)


def test_two_channels_are_plain_pcm_and_more_name_their_speakers(tmp_path: Path) -> None:
    for channels, tag in ((1, 1), (2, 1), (6, 0xFFFE)):
        path = tmp_path / f"{channels}.wav"
        with wave_file(path, WaveFormat(48_000, channels, 24)) as wave:
            wave.write(steps(channels, 10, 24))
        assert wavinfo.WavInfoReader(path).fmt.audio_format == tag
        assert soundfile.info(path).channels == channels
    assert MediaInfo.parse(tmp_path / "6.wav").audio_tracks[0].channel_layout == "L R C LFE Lb Rb"


def test_an_odd_length_is_padded_but_not_counted(tmp_path: Path) -> None:
    with wave_file(tmp_path / "a.wav", WaveFormat(48_000, 1, 24), [(b"odd ", b"abc")]) as wave:
        wave.write(steps(1, 5, 24))
    assert chunks_of(tmp_path / "a.wav")[-2:] == [(b"odd ", 3), (b"data", 15)]


def test_what_was_given_at_the_start_can_be_said_anew_at_the_end(tmp_path: Path) -> None:
    with wave_file(tmp_path / "a.wav", PCM16, [(b"note", b"before")]) as wave:
        wave.write(steps(2, 100, 16))
        wave.replace(b"note", b"after!")
        wave.write(steps(2, 100, 16, seed=1))
        with pytest.raises(ValueError, match="6 bytes"):
            wave.replace(b"note", b"too long")
    assert b"noteafter!" in (tmp_path / "a.wav").read_bytes().replace(struct.pack("<I", 6), b"")
    read = soundfile.read(tmp_path / "a.wav", dtype="int16")[0]
    assert (steps(2, 100, 16, seed=1) == read[100:].T).all()


def test_silence_is_a_hole_that_reads_as_silence_even_at_the_end(tmp_path: Path) -> None:
    with wave_file(tmp_path / "a.wav", PCM24) as wave:
        wave.skip(1000)
        wave.write(steps(2, 10, 24))
        wave.skip(7)
    read = soundfile.read(tmp_path / "a.wav", dtype="int32")[0].T
    assert read.shape == (2, 1017)
    assert not read[:, :1000].any()
    assert not read[:, 1010:].any()
    assert (read[:, 1000:1010] >> 8 == steps(2, 10, 24)).all()


@pytest.mark.parametrize("form", [PCM16, PCM24, FLOAT])
def test_past_the_limit_a_file_becomes_rf64_and_everybody_still_reads_it(
    form: WaveFormat, tmp_path: Path
) -> None:
    samples = np.zeros((2, 500), np.float32) if form.bits == 32 else steps(2, 500, form.bits)
    for name, limit in (("small.wav", 1 << 20), ("big.wav", 500)):
        with wave_file(tmp_path / name, form, [(b"note", b"!!")], limit=limit) as wave:
            wave.write(samples)
    big, small = tmp_path / "big.wav", tmp_path / "small.wav"
    assert big.stat().st_size == small.stat().st_size
    head = big.read_bytes()[:48]
    assert struct.unpack("<4sI4s4sIQQQI", head) == (
        *(b"RF64", 0xFFFFFFFF, b"WAVE", b"ds64", 28),
        *(big.stat().st_size - 8, 500 * form.frame_bytes, 500, 0),
    )
    assert (soundfile.read(big, dtype="int32")[0] == soundfile.read(small, dtype="int32")[0]).all()
    assert soundfile.info(big).format == "RF64"
    assert wavinfo.WavInfoReader(big).data.frame_count == 500


def test_a_file_above_four_gibibytes_says_its_true_length(tmp_path: Path) -> None:
    path, long = tmp_path / "long.wav", 2**32 // 6 + 1000
    with wave_file(path, PCM24) as wave:
        wave.skip(long)
        wave.write(steps(2, 10, 24))
    assert path.stat().st_size > 2**32
    assert path.stat().st_blocks * 512 < 2**24, "the silence of this test should not fill the disk"
    with soundfile.SoundFile(path) as file:
        assert (file.format, file.frames) == ("RF64", long + 10)
        file.seek(long)
        assert (steps(2, 10, 24) == file.read(dtype="int32").T >> 8).all()
    assert int(MediaInfo.parse(path).audio_tracks[0].samples_count) == long + 10


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("x"), OSError(errno.EIO, "not ours")])
def test_what_is_not_finished_is_not_there_and_what_was_stays(error: BaseException, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"before")
    with pytest.raises(type(error)), wave_file(tmp_path / "a.wav", PCM16) as wave:
        wave.write(steps(2, 100, 16))
        raise error
    assert (tmp_path / "a.wav").read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_a_full_disk_is_said_in_a_sentence() -> None:
    # Everything that is written to /dev/full fails as on a full disk; here it stands in for a file.
    with Path("/dev/full").open("wb", buffering=1 << 20) as full:
        from engine.export.riff import WaveWriter

        wave = WaveWriter(Path("a.wav"), full, PCM16, (), 1 << 32)
        with pytest.raises(Failed, match=r"disk is full: a\.wav"):
            for _ in range(100):
                wave.write(steps(2, 10_000, 16))
        os.dup2(os.open(os.devnull, os.O_WRONLY), full.fileno())


def test_a_place_that_cannot_be_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="part of that path"), wave_file(tmp_path / "file" / "a.wav", PCM16):
        pytest.fail("it must not come to this")


def test_samples_of_another_kind_are_refused(tmp_path: Path) -> None:
    wrong = [
        (PCM16, steps(1, 4, 16), "channels"),
        (PCM16, np.full((2, 4), 32_768, np.int32), "outside"),
        (PCM24, np.full((2, 4), -(2**23) - 1, np.int32), "outside"),
        (PCM24, np.zeros((2, 4), np.float32), "int32"),
        (FLOAT, steps(2, 4, 16), "float32"),
    ]
    for form, samples, words in wrong:
        with pytest.raises(ValueError, match=words), wave_file(tmp_path / "a.wav", form) as wave:
            wave.write(samples)
    with pytest.raises(ValueError, match="no WAVE file"):
        WaveFormat(48_000, 2, 20)
    assert list(tmp_path.iterdir()) == []


def test_a_chunk_whose_name_has_not_four_letters_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="is no chunk"),
        wave_file(tmp_path / "a.wav", PCM16, [(b"long name", b"")]),
    ):
        pytest.fail("it must not come to this")
    assert list(tmp_path.iterdir()) == []
