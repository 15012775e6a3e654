"""Two judges fitted only to real recordings and cached on disk: a CNN on log-mels, an SVM on MFCCs.

They know ESC-10's ten classes. They are independent of a clip's level, and never trained on generated sounds.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.evaluation import svm
from engine.evaluation.clip_sets import CLASSES, Clips
from engine.evaluation.cnn import Judge, JudgeConfig, train
from engine.evaluation.features import all_mfcc_statistics
from engine.evaluation.svm import SupportVectorMachine
from engine.progress import Progress

SEED = 0

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Judges:
    """Two judges of different kinds."""

    cnn: Judge
    svm: SupportVectorMachine

    def verdicts(self, clips: Clips) -> dict[str, Labels]:
        """Return each judge's class for each clip: int64 (N,) by the judge's name."""
        return {name: scores.argmax(axis=1) for name, scores in self.scores(clips.waveforms).items()}

    def scores(self, waveforms: NDArray[np.float32]) -> dict[str, NDArray[np.float64]]:
        """Return each judge's score of each class for waveforms (N, samples): (N, classes) by the judge's name."""
        return {
            "cnn": self.cnn.probabilities(waveforms).astype(np.float64),
            "svm": self.svm.votes(all_mfcc_statistics(waveforms)),
        }

    def save(self, folder: Path) -> None:
        """Write both judges into ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        self.cnn.save(folder / "cnn.safetensors")
        self.svm.save(folder / "svm.npz")

    @classmethod
    def load(cls, folder: Path) -> "Judges":
        """Read what ``save`` wrote."""
        return cls(Judge.load(folder / "cnn.safetensors"), SupportVectorMachine.load(folder / "svm.npz"))


def fit_judges(real: Clips, config: JudgeConfig | None = None, progress: Progress | None = None) -> Judges:
    """Fit both judges to real recordings of at least two classes, labelled from 0 without gaps."""
    machine = svm.fit(all_mfcc_statistics(real.waveforms), real.labels)
    return Judges(train(real.waveforms, real.labels, seed=SEED, config=config, progress=progress), machine)


def judges_for(folder: Path, real: Clips, progress: Progress | None = None) -> Judges:
    """Return the judges fitted to ``real``: from ``folder`` if they were fitted to the same before, else fitted now.

    Fitting takes two to three minutes on one core.
    """
    stamp = folder / "fitted_to.json"
    digest = _digest(real)
    if stamp.exists() and json.loads(stamp.read_text()) == digest:
        return Judges.load(folder)
    judges = fit_judges(real, progress=progress)
    judges.save(folder)
    stamp.write_text(json.dumps(digest))
    return judges


def recall(labels: Labels, verdicts: Labels, classes: int = len(CLASSES)) -> NDArray[np.float64]:
    """Return the share of each class's clips recognized as that class: (classes,); NaN for a class without clips."""
    hits = labels == verdicts
    return np.array([hits[labels == c].mean() if (labels == c).any() else np.nan for c in range(classes)])


def _digest(real: Clips) -> dict[str, str]:
    """Return what the judges depend on: the clips, the config, and the seed."""
    content = hashlib.sha256(real.waveforms.tobytes())
    content.update(real.labels.tobytes())
    return {"clips": content.hexdigest(), "recipe": str(JudgeConfig()), "seed": str(SEED)}
