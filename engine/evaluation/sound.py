"""Quality of takes of known classes: recognized, useful, varied, not copied, at a natural level."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.evaluation import svm
from engine.evaluation.clip_sets import CLASSES, RATE, Clips
from engine.evaluation.features import all_mfcc_statistics, level
from engine.evaluation.judges import Judges, recall
from engine.evaluation.tables import Cell, table
from engine.sound.loudness import level_lufs

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Real:
    """Real recordings: those that judges and generator learned from, and held-out ones."""

    heard: Clips
    held_out: Clips


@dataclass(frozen=True, eq=False)
class SoundReport:
    """Measures of a set of takes, arrays per class; NaN for a class without takes.

    Attributes:
        accuracy: by judge, the share of takes recognized as their class; "both" if both judges agree on it.
        real_accuracy: the same for held-out recordings.
        transfer: share of held-out recordings recognized by an SVM fitted to the takes alone.
        real_transfer: the same, fitted to the training recordings.
        diversity: spread of a class's takes relative to that of its held-out recordings, in the CNN's
            embedding.
        nearest: median distance of a take to the nearest training recording, in MFCC statistics.
        real_nearest: the same for held-out recordings.
        closest: smallest distance of all takes divided by the smallest of all held-out recordings.
        lufs: mean loudness of takes with peaks scaled to 0.5.
        real_lufs: the same for held-out recordings.
    """

    accuracy: dict[str, Floats]
    real_accuracy: dict[str, Floats]
    transfer: Floats
    real_transfer: Floats
    diversity: Floats
    nearest: Floats
    real_nearest: Floats
    closest: float
    lufs: Floats
    real_lufs: Floats

    def text(self) -> str:
        """Format the report as a table with a line of means."""
        columns = {
            "cnn": self.accuracy["cnn"],
            "svm": self.accuracy["svm"],
            "both": self.accuracy["both"],
            "real cnn": self.real_accuracy["cnn"],
            "real svm": self.real_accuracy["svm"],
            "takes->real": self.transfer,
            "real->real": self.real_transfer,
            "diversity": self.diversity,
            "nearest/real": self.nearest / self.real_nearest,
            "LUFS": self.lufs,
            "LUFS-real": self.lufs - self.real_lufs,
        }
        rows: list[list[Cell]] = [
            [name, *(float(column[n]) for column in columns.values())] for n, name in enumerate(CLASSES)
        ]
        means: list[Cell] = ["mean", *(float(np.nanmean(column)) for column in columns.values())]
        return (
            table(["class", *columns], [*rows, means])
            + f"\nlevel error (mean of sizes) {np.nanmean(np.abs(self.lufs - self.real_lufs)):.2f} dB; "
            f"closest take to a heard recording / closest held-out one {self.closest:.2f}"
        )


def measure(takes: Clips, real: Real, judges: Judges) -> SoundReport:
    """Compute all measures of ``takes``, and the same for real recordings."""
    takes_nearest = nearest(takes, real.heard)
    real_nearest = nearest(real.held_out, real.heard)
    return SoundReport(
        accuracy=accuracy(takes, judges),
        real_accuracy=accuracy(real.held_out, judges),
        transfer=transfer(takes, real.held_out),
        real_transfer=transfer(real.heard, real.held_out),
        diversity=diversity(takes, real.held_out, judges),
        nearest=_by_class(takes_nearest, takes.labels, np.median),
        real_nearest=_by_class(real_nearest, real.held_out.labels, np.median),
        closest=float(takes_nearest.min() / real_nearest.min()),
        lufs=loudness(takes),
        real_lufs=loudness(real.held_out),
    )


def accuracy(clips: Clips, judges: Judges) -> dict[str, Floats]:
    """Return, per class, the share of clips that each judge, and both at once, recognize."""
    verdicts = judges.verdicts(clips)
    agreed = np.where(verdicts["cnn"] == verdicts["svm"], verdicts["cnn"], -1)
    return {name: recall(clips.labels, heard) for name, heard in {**verdicts, "both": agreed}.items()}


def transfer(fitted_to: Clips, real: Clips) -> Floats:
    """Return, per class, the share of real clips recognized by an SVM on MFCC statistics fitted to other clips."""
    machine = svm.fit(all_mfcc_statistics(fitted_to.waveforms), fitted_to.labels)
    return recall(real.labels, machine.predict(all_mfcc_statistics(real.waveforms)))


def diversity(takes: Clips, real: Clips, judges: Judges) -> Floats:
    """Return, per class, the spread of takes relative to real clips: 1 is equal, 0 is one sound repeated."""
    return spread(judges.cnn.embeddings(takes.waveforms), takes.labels) / spread(
        judges.cnn.embeddings(real.waveforms), real.labels
    )


def spread(embeddings: NDArray[np.floating], labels: NDArray[np.int64]) -> Floats:
    """Return, per class, the RMS distance from the class mean, corrected for the number of clips."""
    found = np.full(len(CLASSES), np.nan)
    for label in np.unique(labels):
        rows = embeddings[labels == label].astype(np.float64)
        if len(rows) > 1:
            found[label] = np.sqrt(rows.var(axis=0, ddof=1).sum())
    return found


def nearest(clips: Clips, heard: Clips) -> Floats:
    """Return each clip's distance to the nearest training recording: (N,), in standard deviations of MFCC statistics.

    MFCC statistics instead of a judge's embedding, which draws together what it was fitted to.
    """
    known = all_mfcc_statistics(heard.waveforms).astype(np.float64)
    mean, scale = known.mean(axis=0), np.maximum(known.std(axis=0), 1e-6)
    asked = (all_mfcc_statistics(clips.waveforms) - mean) / scale
    known = (known - mean) / scale
    distances = np.sqrt(((asked[:, None] - known[None]) ** 2).mean(axis=2))
    return np.asarray(distances.min(axis=1))


def loudness(clips: Clips) -> Floats:
    """Return, per class, the mean loudness in LUFS of clips with peaks scaled to 0.5."""
    levels = [level_lufs(level(wave)[None], RATE) for wave in clips.waveforms]
    values = np.array([np.nan if value is None else value for value in levels])
    return _by_class(values, clips.labels, np.nanmean)


def _by_class(values: Floats, labels: NDArray[np.int64], how: Callable[[Floats], float]) -> Floats:
    return np.array(
        [float(how(values[labels == c])) if (labels == c).any() else np.nan for c in range(len(CLASSES))]
    )
