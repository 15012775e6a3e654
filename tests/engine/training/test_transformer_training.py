"""Training of the transformers at toy size: a pack of clips, examples, losses, the whole run by its command."""

import json
import tarfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from engine.diffusion.few_steps import QUARTER, Circle
from engine.diffusion.time_transformer import TimeTransformer
from engine.diffusion.toy import toy_pipeline
from engine.training.recordings import RecordingClip
from engine.training.sound_pack import read_sound_pack, write_sound_pack
from engine.training.transformer_examples import ClipBank, Groups, Sound, draw_examples, measured_curves
from engine.training.transformer_losses import Batch, Dropping, Teaching, given_curves
from engine.training.transformer_pool import with_synthesis
from engine.training.transformer_run import main, shrink, write_parts

RATE = 16_000


def _clips(folder: Path, concepts: Sequence[str]) -> list[RecordingClip]:
    rng = np.random.default_rng(1)
    out = []
    for number, concept in enumerate(concepts):
        path = folder / f"{concept}{number}.ogg"
        soundfile.write(path, rng.normal(0, 0.1, RATE).astype(np.float32), RATE, format="OGG")
        out.append(RecordingClip(path, concept, f"group{number}", "CC0", "nobody", weight=0.5))
    return out


def test_a_pack_gives_back_its_clips_with_what_they_are(tmp_path: Path) -> None:
    write_sound_pack(tmp_path / "pack.zip", _clips(tmp_path, ["dog", "rain"]))
    read = read_sound_pack(tmp_path / "pack.zip")
    assert [(clip.concept, clip.group, clip.weight) for clip, _ in read] == [
        ("dog", "group0", 0.5),
        ("rain", "group1", 0.5),
    ]
    assert all(abs(len(wave) - RATE) < 800 and np.abs(wave).max() > 0.3 for _, wave in read)


def _bank() -> ClipBank:
    rng = np.random.default_rng(2)
    tones = [np.sin(np.arange(n) * step) for n, step in ((4_000, 0.2), (200_000, 0.6))]
    sounds = [Sound((t * 20_000).astype(np.int16), n, 1.0) for n, t in enumerate(tones)]
    return ClipBank([*sounds, Sound(rng.integers(-9, 9, 900).astype(np.int16), 1, 0.0)], 2, "cpu")


def test_examples_are_of_the_asked_concept_and_length() -> None:
    torch.manual_seed(0)
    waveform = _bank().examples(torch.tensor([0, 1, 0, 1]), 20_000)
    assert waveform.shape == (4, 20_000)
    strongest = torch.fft.rfft(waveform).abs().argmax(-1) / 20_000 * 2 * np.pi
    assert strongest.tolist() == pytest.approx([0.2, 0.6, 0.2, 0.6], rel=0.16)
    # A long clip fills the example, a short one leaves silence.
    quiet = (waveform.abs() < 1e-4).float().mean(-1)
    assert float(quiet[1]) < 0.05


def test_pairs_are_summed_and_levelled() -> None:
    torch.manual_seed(0)
    groups = Groups(torch.tensor([[0, 0], [0, 1]]), torch.randn(2, 4, 512), torch.tensor([0.0, 1.0]))
    waveform, chosen = draw_examples(_bank(), groups, 3, 16_000)
    assert chosen.tolist() == [1, 1, 1]
    assert waveform.abs().amax(-1).tolist() == pytest.approx([0.5] * 3)
    assert measured_curves(waveform).shape == (3, 2, 100)


def test_synthesis_is_drawn_the_more_the_fewer_recordings_there_are() -> None:
    wave = np.zeros(900, np.int16)
    real = [Sound(wave, 0, 1.0)] * 40 + [Sound(wave, 1, 1.0)] * 3
    made = [Sound(wave, concept, 1.0) for concept in (0, 0, 1, 1, 2)]
    weights = [s.weight for s in with_synthesis(real, made)[len(real) :]]
    share = [sum(weights[0:2]) / (40 + sum(weights[0:2])), sum(weights[2:4]) / (3 + sum(weights[2:4]))]
    assert share == pytest.approx([0.15, 1 - 3 / 24])
    assert weights[4] == 1.0


def _teaching(dropping: Dropping | None = None) -> Teaching:
    null = torch.nn.functional.normalize(torch.ones(512), dim=0)
    return Teaching(Circle(torch.linspace(0.999, 0, 1000)), null, dropping or Dropping())


def _batch(rows: int = 6) -> Batch:
    torch.manual_seed(1)
    conditions = torch.nn.functional.normalize(torch.randn(rows, 512), dim=-1)
    return Batch(torch.randn(rows, 8, 8, 16), torch.rand(rows, 2, 32) * 2 - 1, conditions)


@pytest.mark.parametrize("kind", ["plain", "few"])
def test_every_weight_of_the_denoiser_is_taught(kind: str) -> None:
    network = TimeTransformer(width=32, depth=2, heads=2)
    for layer in (network.head, network.modulation, network.last_modulation, network.through):
        torch.nn.init.normal_(layer.weight, std=0.05)
    for mlp in (network.guidance, network.stride):
        torch.nn.init.normal_(mlp[2].weight, std=0.05)
    other = TimeTransformer(width=32, depth=2, heads=2).eval()
    teaching, batch = _teaching(), _batch(24)
    loss = teaching.plain(network, batch) if kind == "plain" else teaching.few(network, other, other, batch)
    assert loss.shape == (24,)
    loss.mean().backward()  # type: ignore[no-untyped-call]
    idle = {n.split(".")[0] for n, p in network.named_parameters() if p.grad is None or not p.grad.any()}
    assert idle <= ({"guidance", "stride"} if kind == "plain" else set())


def test_curves_are_given_as_often_as_told() -> None:
    torch.manual_seed(0)
    given = given_curves(torch.ones(4_000, 2, 8), Dropping(both_curves=0.4, one_curve=0.15))
    loudness, onsets = given[:, 2, 0], given[:, 3, 0]
    assert float((loudness * onsets).mean()) == pytest.approx(0.3, abs=0.03)
    assert float(((1 - loudness) * (1 - onsets)).mean()) == pytest.approx(0.4, abs=0.03)
    assert torch.equal(given[:, 0] != 0, given[:, 2] == 1)


def test_a_jump_is_taught_as_two_halves() -> None:
    """Where the averaged network already turns right, a jump's target is what it says itself."""

    class Straight(torch.nn.Module):
        """Knows that the clean latent is zero: v = noise x cosine, and the noise is the latent over the sine."""

        def forward(self, sample: torch.Tensor, timestep: torch.Tensor, **_: object) -> object:
            angle = torch.from_numpy(np.interp(timestep, table, np.linspace(0, QUARTER, len(table))))
            ratio = (angle.cos() / angle.sin()).float().view(-1, 1, 1, 1)
            return type("Out", (), {"sample": sample * ratio})

    teaching, batch = _teaching(), _batch(12)
    table = Circle(torch.linspace(0.999, 0, 1000)).table()
    zero = replace(batch, latents=torch.zeros_like(batch.latents))
    loss = teaching._jumps(Straight(), Straight(), zero)
    assert float(loss.max()) < 1e-2


def test_the_command_trains_judges_and_leaves_parts_of_a_tar(tmp_path: Path) -> None:
    toy_pipeline().save(tmp_path / "parts", half=False)
    write_sound_pack(tmp_path / "pack.zip", _clips(tmp_path, ["dog", "dog", "rain", "cat"]))
    code = main(
        [
            *("--pack", str(tmp_path / "pack.zip"), "--judging", str(tmp_path / "pack.zip")),
            *("--parts", str(tmp_path / "parts"), "--work", str(tmp_path / "work")),
            *("--out", str(tmp_path / "out"), "--setting", "toy", "--seconds", "4"),
            *("--synthesised", "0", "--takes", "1", "--ways", "2", "--judged-concepts", "1"),
        ]
    )
    assert code == 0
    whole = b"".join(p.read_bytes() for p in sorted((tmp_path / "out").glob("networks.tar.*")))
    (tmp_path / "whole.tar").write_bytes(whole)
    with tarfile.open(tmp_path / "whole.tar") as tar:
        tar.extractall(tmp_path / "back", filter="data")
    networks = tmp_path / "back" / "networks"
    network = TimeTransformer.from_pretrained(networks / "second" / "denoiser")
    assert network.config.distilled
    assert (networks / "first" / "denoiser_int8.safetensors").exists()
    assert set(json.loads((networks / "judged.json").read_text())) == {"few4 made", "few8 made"}


def test_parts_are_small_enough_to_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.training.transformer_run.PART_BYTES", 1_000)
    folder = tmp_path / "keep"
    (folder / "first" / "curves").mkdir(parents=True)
    TimeTransformer(width=16, depth=1, heads=1).save_pretrained(folder / "first" / "denoiser")
    before = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    shrink(folder / "first")
    assert sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) < before / 2
    write_parts(folder, tmp_path / "no-log", tmp_path)
    parts = sorted(tmp_path.glob("networks.tar.*"))
    assert len(parts) > 1 and all(p.stat().st_size <= 1_000 for p in parts)
