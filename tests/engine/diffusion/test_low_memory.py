"""Where memory runs out the takes are still made, the same ones, and the person is told how."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.diffusion.low_memory import HALVES, ON_PROCESSOR
from engine.diffusion.pipeline import ObjectDiffusion
from engine.diffusion.toy import toy_pipeline
from engine.errors import Cancelled
from engine.progress import Progress

CARD = "cpu:0"
"""A device that torch has here, and that is not called "cpu", as a card is not."""


class SmallUNet(nn.Module):
    """A U-Net on a card that has room for so many rows at once."""

    def __init__(self, network: Any, room: int) -> None:
        super().__init__()
        self.network = network
        self.config = network.config
        self.room = room
        self.batches: list[int] = []

    def forward(self, rows: Tensor, *arguments: Any, **more: Any) -> Any:
        self.batches.append(len(rows))
        if len(rows) > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")
        return self.network(rows, *arguments, **more)


class HeavyVocoder(nn.Module):
    """A vocoder that no card has room for; ``returns`` says whether it fits back afterwards."""

    def __init__(self, network: Any, returns: bool = True) -> None:
        super().__init__()
        self.network = network
        self.place = CARD
        self.returns = returns
        self.moves: list[str] = []

    def to(self, device: str) -> "HeavyVocoder":  # type: ignore[override]
        if device == CARD and not self.returns and self.moves:
            raise torch.OutOfMemoryError("no room")
        self.place = device
        self.moves.append(device)
        return self

    def forward(self, mel: Tensor) -> Tensor:
        if self.place == CARD:
            raise torch.OutOfMemoryError("no room")
        wave: Tensor = self.network(mel)
        return wave


@pytest.fixture
def pipeline() -> ObjectDiffusion:
    return toy_pipeline()


def made(pipeline: ObjectDiffusion, count: int, progress: Progress | None = None) -> np.ndarray:
    conditions = torch.nn.functional.normalize(
        torch.randn(count, 512, generator=torch.Generator().manual_seed(1)), dim=1
    )
    seeds = list(range(10, 10 + count))
    return pipeline.sample(conditions, seeds, duration=0.4, steps=2, guidance=2.0, progress=progress)


@pytest.mark.parametrize("room", [2, 4, 6])
def test_a_batch_that_has_no_room_is_halved_until_it_has_and_makes_the_same_takes(
    pipeline: ObjectDiffusion, room: int
) -> None:
    usual = made(pipeline, 5)
    pipeline.unet = SmallUNet(pipeline.unet, room)
    notes: list[str] = []
    fractions: list[float] = []
    found = made(pipeline, 5, Progress(lambda fraction, _: fractions.append(fraction), note=notes.append))
    np.testing.assert_allclose(found, usual, atol=2e-5)
    assert set(notes) == {HALVES}
    assert max(batch for batch in pipeline.unet.batches if batch <= room) > room - 2
    assert fractions[-1] == 1.0


def test_one_take_that_has_no_room_fails_as_it_did(pipeline: ObjectDiffusion) -> None:
    pipeline.unet = SmallUNet(pipeline.unet, 1)
    with pytest.raises(torch.OutOfMemoryError):
        made(pipeline, 3)


def test_another_error_is_not_taken_for_a_lack_of_memory(pipeline: ObjectDiffusion) -> None:
    class Broken(SmallUNet):
        def forward(self, rows: Tensor, *arguments: Any, **more: Any) -> Any:
            self.batches.append(len(rows))
            raise RuntimeError("shapes cannot be multiplied")

    pipeline.unet = Broken(pipeline.unet, 99)
    with pytest.raises(RuntimeError, match="shapes"):
        made(pipeline, 4)
    assert len(pipeline.unet.batches) == 1


def test_takes_in_halves_can_be_cancelled(pipeline: ObjectDiffusion) -> None:
    pipeline.unet = SmallUNet(pipeline.unet, 2)
    with pytest.raises(Cancelled):
        made(pipeline, 4, Progress(is_cancelled=lambda: len(pipeline.unet.batches) > 3))


@pytest.mark.parametrize("returns", [True, False])
def test_what_the_card_has_no_room_to_decode_is_decoded_on_the_processor_from_the_same_latents(
    pipeline: ObjectDiffusion, returns: bool
) -> None:
    usual = made(pipeline, 2)
    heavy = HeavyVocoder(pipeline.vocoder, returns)
    pipeline.device, pipeline.vocoder = CARD, heavy
    counted = SmallUNet(pipeline.unet, 99)
    pipeline.unet = counted
    notes: list[str] = []
    np.testing.assert_allclose(made(pipeline, 2, Progress(note=notes.append)), usual, atol=1e-6)
    assert notes == [ON_PROCESSOR]
    assert len(counted.batches) == 2, "the latents were sampled once"
    assert heavy.place == (CARD if returns else "cpu")
    np.testing.assert_allclose(made(pipeline, 2), usual, atol=1e-6)


def test_on_the_processor_itself_a_lack_of_memory_for_decoding_is_an_error(pipeline: ObjectDiffusion) -> None:
    heavy = HeavyVocoder(pipeline.vocoder)
    pipeline.vocoder = heavy
    with pytest.raises(torch.OutOfMemoryError):
        made(pipeline, 1)
    assert heavy.moves == []
