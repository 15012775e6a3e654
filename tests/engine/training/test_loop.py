"""The training loop: its clock, its averages, and resuming after a kill."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from engine.training.loop import Averaged, Schedule, Trainer, load_checkpoint, save_checkpoint


def _batches() -> Iterator[Tensor]:
    generator = torch.Generator().manual_seed(0)
    while True:
        yield torch.randn(8, 4, generator=generator)


def _trainer(steps: int, checkpoint: Path | None = None) -> Trainer:
    torch.manual_seed(0)
    return Trainer(nn.Linear(4, 1), Schedule(steps, 0.05, warmup_steps=5), checkpoint, decay=0.9)


def _run(trainer: Trainer) -> list[float]:
    return trainer.run(
        _batches(), lambda x, _share: (trainer.network(x)[:, 0] - x.sum(dim=1)).square().mean()
    )


def test_the_rate_warms_up_and_falls_to_a_twenty_fifth() -> None:
    schedule = Schedule(1000, 1.0, warmup_steps=100)
    assert schedule.rate(0, 0) < 0.02
    assert schedule.rate(100, 0) > 0.95
    assert abs(schedule.rate(1000, 0) - 0.04) < 1e-6


def test_the_clock_ends_training_as_well_as_the_steps() -> None:
    schedule = Schedule(1000, 1.0, seconds=60)
    assert schedule.share(0, 60) == 1.0
    assert schedule.share(500, 0) == 0.5


def test_the_loss_falls() -> None:
    losses = _run(_trainer(120))
    assert len(losses) == 120
    assert sum(losses[-10:]) < 0.1 * sum(losses[:10])


def test_training_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    first = _trainer(30, tmp_path / "run.pt")
    _run(first)
    second = _trainer(60, tmp_path / "run.pt")
    assert second.step == 30
    assert torch.equal(second.network.weight, first.network.weight)  # type: ignore[arg-type]
    assert len(_run(second)) == 30


def test_a_checkpoint_is_whole_or_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.pt"
    save_checkpoint(path, {"step": 1})

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        save_checkpoint(path, {"step": 2})
    assert load_checkpoint(path) == {"step": 1}
    assert load_checkpoint(tmp_path / "none.pt") is None


def test_the_average_follows_and_can_be_put_to_use() -> None:
    network = nn.Linear(2, 1, bias=False)
    average = Averaged(network, 0.5)
    with torch.no_grad():
        network.weight.fill_(8.0)
    for step in range(1000, 1012):
        average.update(network, step)
    with torch.no_grad():
        network.weight.fill_(0.0)
    average.copy_to(network)
    assert torch.allclose(network.weight, torch.full((1, 2), 8.0), atol=0.02)
