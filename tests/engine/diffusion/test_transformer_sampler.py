"""The denoiser that attends over time, and sampling with it: shapes, curves, lengths, things together, loops."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.diffusion.curves import TakeCurves
from engine.diffusion.few_steps import QUARTER, Circle, noised, sample_circle
from engine.diffusion.pipeline import ObjectDiffusion
from engine.diffusion.time_transformer import TimeTransformer
from engine.diffusion.toy import toy_pipeline, toy_transformer_pipeline
from engine.diffusion.transformer_sampler import WINDOW, blended, shortened, window_starts
from engine.errors import BadInput


def _network(**sizes: Any) -> TimeTransformer:
    torch.manual_seed(0)
    network = TimeTransformer(width=32, depth=2, heads=2, **sizes).eval()
    for layer in (network.head, network.modulation, network.guidance[2], network.stride[2]):
        torch.nn.init.normal_(layer.weight, std=0.05)
    return network


@pytest.mark.parametrize("frames", [7, 16, 129])
def test_it_gives_the_shape_it_took_at_any_length(frames: int) -> None:
    latent = torch.randn(2, 8, frames, 16)
    curves = torch.randn(2, 4, frames * 4)
    out = _network()(latent, torch.tensor(500), class_labels=torch.randn(2, 512), curves=curves).sample
    assert out.shape == latent.shape


@pytest.mark.parametrize("told", ["class_labels", "curves", "guidance", "stride", "timestep"])
def test_everything_it_is_told_changes_what_it_says(told: str) -> None:
    network, rng = _network(), torch.Generator().manual_seed(4)
    said: dict[str, Any] = {
        "sample": torch.randn(1, 8, 16, 16, generator=rng),
        "timestep": torch.tensor([300.0]),
        "class_labels": torch.randn(1, 512, generator=rng),
        "curves": torch.zeros(1, 4, 64),
        "guidance": torch.tensor([2.0]),
        "stride": torch.tensor([0.125]),
    }
    other = {**said, told: said[told] + 1}
    with torch.no_grad():
        assert not torch.allclose(network(**said).sample, network(**other).sample, atol=1e-5)


def test_without_flags_it_is_as_if_never_distilled() -> None:
    network, latent = _network(), torch.randn(1, 8, 16, 16)
    said = {"class_labels": torch.randn(1, 512), "curves": torch.zeros(1, 4, 64)}
    none = torch.zeros(1)
    with torch.no_grad():
        plain = network(latent, torch.tensor(5), **said).sample
        told = network(latent, torch.tensor(5), guidance=none, stride=none, **said).sample
    assert torch.allclose(plain, told)


def test_it_is_saved_and_loaded_as_a_part(tmp_path: Path) -> None:
    pipeline = toy_transformer_pipeline()
    pipeline.save(tmp_path, half=False)
    again = ObjectDiffusion.from_folder(tmp_path)
    condition = torch.nn.functional.normalize(torch.randn(1, 512), dim=-1)
    made = [p.sample(condition, [3], duration=0.5, steps=2, guidance=2.0) for p in (pipeline, again)]
    assert np.allclose(made[0], made[1], atol=1e-5)


@pytest.mark.parametrize("steps", [1, 4, 16])
def test_the_circle_ends_at_what_a_network_that_knows_says(steps: int) -> None:
    circle = Circle(torch.linspace(0.999, 0.0, 1000))
    clean = torch.full((1, 2, 3, 4), 0.7)
    angles: list[float] = []

    def velocity(latent: torch.Tensor, timestep: torch.Tensor, stride: float) -> torch.Tensor:
        angle = QUARTER * (1 - len(angles) * stride)
        angles.append(float(timestep))
        noise = (latent - np.cos(angle) * clean) / np.sin(angle)
        return noised(clean, noise, torch.tensor([angle]))[1]

    out = sample_circle(velocity, torch.randn(1, 2, 3, 4), circle, steps)
    assert torch.allclose(out, clean, atol=1e-4)
    assert angles == sorted(angles, reverse=True) and angles[0] == pytest.approx(999, abs=1)


@pytest.mark.parametrize("loop", [False, True])
@pytest.mark.parametrize("frames", [WINDOW, WINDOW + 1, 300, 750])
def test_windows_that_agree_are_blended_into_the_same(frames: int, loop: bool) -> None:
    latent = torch.randn(2, 3, frames, 4)
    curves = torch.randn(2, 4, frames * 4)

    def predict(part: torch.Tensor, timestep: torch.Tensor, drawn: torch.Tensor) -> torch.Tensor:
        assert len(part) == len(timestep) == len(drawn)
        return 2 * part + drawn[:, :3, ::4, None]

    out = blended(predict, latent, torch.zeros(2), curves, loop=loop)
    assert torch.allclose(out, 2 * latent + curves[:, :3, ::4, None], atol=1e-5)


@pytest.mark.parametrize("frames", [129, 224, 300, 750])
def test_windows_cover_every_frame_and_none_beyond(frames: int) -> None:
    starts = window_starts(frames, loop=False)
    assert starts[0] == 0 and starts[-1] + WINDOW == frames
    assert all(b - a <= WINDOW for a, b in pairwise(starts))


def test_a_short_take_begins_with_the_most_eventful_stretch() -> None:
    curves = torch.full((2, 512), -1.0)
    curves[1] = 0
    curves[0, 300:340], curves[1, 300] = 1.0, 1.0
    short = shortened(curves, 50)
    assert int(short[0].argmax()) <= 15 and int(short[1].argmax()) <= 15
    assert bool((short[0, 80:] == -1).all())


@pytest.mark.parametrize("duration", [0.5, 2.0, 5.12, 7.3])
def test_a_take_is_as_long_as_asked_and_the_same_alone_or_in_a_batch(duration: float) -> None:
    pipeline = toy_transformer_pipeline()
    conditions = torch.nn.functional.normalize(torch.randn(2, 512), dim=-1)
    both = pipeline.sample(conditions, [5, 6], duration=duration, steps=2, guidance=2.0)
    alone = pipeline.sample(conditions[1:], [6], duration=duration, steps=2, guidance=2.0)
    assert both.shape == (2, round(duration * 16_000))
    assert np.allclose(both[1], alone[0], atol=1e-3)


@pytest.mark.parametrize("distilled", [False, True])
def test_things_together_and_words_to_avoid_are_heeded(distilled: bool) -> None:
    pipeline = toy_transformer_pipeline(distilled=distilled)
    pair = torch.nn.functional.normalize(torch.randn(2, 512), dim=-1)
    ways = [
        pipeline.sample([pair], [1], duration=0.5, steps=2, guidance=2.0),
        pipeline.sample([pair[:1]], [1], duration=0.5, steps=2, guidance=2.0),
        pipeline.sample([pair[:1]], [1], duration=0.5, steps=2, guidance=2.0, negative="rain"),
    ]
    assert all(np.isfinite(w).all() for w in ways)
    assert not np.allclose(ways[0], ways[1]) and not np.allclose(ways[1], ways[2])


def test_a_drawn_curve_changes_the_take_and_a_loop_too() -> None:
    pipeline = toy_transformer_pipeline()
    condition = torch.nn.functional.normalize(torch.randn(1, 512), dim=-1)
    curve = TakeCurves(loudness=tuple(np.linspace(-60, 0, 50).tolist()), hits=(0.2,))
    free = pipeline.sample(condition, [1], duration=6.0, steps=2, guidance=2.0)
    drawn = pipeline.sample(condition, [1], duration=6.0, steps=2, guidance=2.0, curves=[curve])
    loop = pipeline.sample(condition, [1], duration=6.0, steps=2, guidance=2.0, curves=[curve], loop=True)
    assert not np.allclose(free, drawn) and not np.allclose(drawn, loop)


def test_a_model_without_curves_says_so() -> None:
    condition = torch.nn.functional.normalize(torch.randn(1, 512), dim=-1)
    with pytest.raises(BadInput, match="cannot follow a curve"):
        toy_pipeline().sample(
            condition, [1], duration=0.5, steps=2, guidance=2.0, curves=[TakeCurves(hits=(0.1,))]
        )
