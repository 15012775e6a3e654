"""What is heard in sounds, with a tower of toy size and words that it was made to know."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.errors import BadInput, Cancelled
from engine.generation.listener import Listener, hear_file
from engine.generation.take_choice import best_candidates, remark
from engine.models.concepts import load_concepts
from engine.progress import Progress

CONCEPTS = load_concepts()[:4]
DOG, CAT, ROOSTER, BIRD = (concept.id for concept in CONCEPTS)


class PitchEncoder:
    """Hears the loudest pitch: 1, 2, 3, 4 kHz are the four concepts, anything else is nothing."""

    def encode(self, waveforms: Tensor, rate: int) -> Tensor:
        spectrum = torch.fft.rfft(waveforms).abs()
        hertz = spectrum.argmax(-1) * rate / waveforms.shape[-1]
        place = torch.where((hertz > 500) & (hertz < 4500), (hertz / 1000).round() - 1, 4).long()
        return torch.nn.functional.one_hot(place, 5).float()

    def scores(self, found: Tensor, words: Tensor) -> Tensor:
        return torch.softmax(8 * found @ words.T, dim=-1)


@pytest.fixture
def listener() -> Listener:
    return Listener(PitchEncoder(), CONCEPTS, torch.eye(5))


def tone(kilohertz: float, rate: int = 16_000, seconds: float = 0.5) -> NDArray[np.float32]:
    time = np.arange(int(rate * seconds)) / rate
    return (0.3 * np.sin(2000 * np.pi * kilohertz * time)).astype(np.float32)


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_a_file_of_any_rate_gets_a_name_and_a_category(listener: Listener, tmp_path: Path, rate: int) -> None:
    soundfile.write(tmp_path / "own.wav", np.stack([tone(2, rate)] * 2, axis=1), rate)
    heard = hear_file(listener, tmp_path / "own.wav")
    assert (heard.name, heard.ucs) == ("cat", "ANMLCat")
    assert heard.concepts[0].score > 0.9
    assert sum(guess.score for guess in heard.concepts) <= 1


def test_what_is_of_nothing_in_the_table_gets_no_name(listener: Listener) -> None:
    heard = listener.hear(tone(7), 16_000)
    assert heard.best is None
    assert (heard.name, heard.ucs) == (None, None)
    assert len(heard.concepts) == 4


def test_silence_is_said_to_be_silence(listener: Listener) -> None:
    heard = listener.hear(np.zeros(800, np.float32), 16_000)
    assert heard.is_silent
    assert heard.name is None


@pytest.mark.parametrize("content", [None, b"", b"not a sound", b"RIFF\x00\x00\x00\x00WAVE"])
def test_what_is_no_sound_file_is_refused_in_a_sentence(
    listener: Listener, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "file.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput, match=r"(There is no file .*file\.wav|file\.wav is not a sound)"):
        hear_file(listener, path)


def test_listening_can_be_cancelled(listener: Listener, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "own.wav", tone(1), 16_000)
    with pytest.raises(Cancelled):
        hear_file(listener, tmp_path / "own.wav", progress=Progress(is_cancelled=lambda: True))


def test_of_several_candidates_the_one_that_fits_is_kept(listener: Listener) -> None:
    waves = np.stack([tone(4), tone(1), tone(3), tone(2)])
    wanted = [torch.eye(5)[0], torch.eye(5)[2:4]]
    kept = best_candidates(listener, waves, 16_000, wanted, each=2)
    np.testing.assert_array_equal(kept, waves[[1, 2]])
    np.testing.assert_array_equal(best_candidates(None, waves, 16_000, wanted, each=2), waves[[0, 2]])


def test_a_take_that_sounds_like_something_else_or_is_silent_is_noticed(listener: Listener) -> None:
    assert remark(listener, tone(1), 16_000, "Rex", [DOG]) is None
    wrong = remark(listener, tone(2), 16_000, "Rex", [DOG])
    assert wrong is not None
    assert "“Rex” sounds more like “cat”" in wrong
    assert remark(listener, tone(2), 16_000, "Rex", [DOG, CAT]) is None
    assert remark(listener, tone(2), 16_000, "thing", []) is None
    silent = remark(None, np.zeros(10, np.float32), 16_000, "Rex", [DOG])
    assert silent is not None
    assert "silent" in silent
