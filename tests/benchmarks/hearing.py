"""How well the bundled sound tower hears clips that were kept apart, and how fast.

.venv/bin/python -m tests.benchmarks.hearing --shared ../shared [--model FOLDER]
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import soundfile
import soxr
import torch

from engine.diffusion.pipeline import load_text_encoder
from engine.diffusion.sound_tower import SoundTower
from engine.evaluation.hearing import measure_hearing
from engine.generation.listener import SURE
from engine.models.concepts import load_concepts
from engine.models.resources import resource
from engine.training.recordings import list_clips


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=resource("models", "pocket"))
    parser.add_argument("--tower", type=Path, help="folder of the tower, if not the model's")
    parser.add_argument("--rate", type=int, help="resample every clip to this rate first")
    options = parser.parse_args()
    folder = options.tower or options.model / "audio_encoder"
    tower = SoundTower.from_pretrained(folder, use_safetensors=True).float().eval()
    concepts = load_concepts()
    encoder = load_text_encoder(options.model)
    words = encoder.encode([*(concept.name for concept in concepts), ""]).float()
    place = {concept.id: at for at, concept in enumerate(concepts)}
    kept_apart = [clip for clip in list_clips(options.shared, concepts) if clip.held_out]
    heard = torch.cat([_heard(tower, clip.path, options.rate) for clip in kept_apart])
    likeness = (heard @ words[:-1].T).numpy().astype(np.float64)
    scores = tower.scores(heard, words)[:, :-1].numpy().astype(np.float64)
    right = [place[clip.concept] for clip in kept_apart]
    sys.stdout.write(measure_hearing([c.id for c in concepts], right, likeness, scores, SURE).text() + "\n")
    for rate in (16_000, 44_100, 48_000):
        sys.stdout.write(f"10 s at {rate} Hz: {1000 * _seconds(tower, rate):.1f} ms of one core\n")


@torch.inference_mode()
def _heard(tower: SoundTower, path: Path, rate: int | None) -> torch.Tensor:
    samples, own = soundfile.read(path, dtype="float32", always_2d=True)
    mono = samples.mean(axis=1)
    if rate is not None:
        mono, own = soxr.resample(mono, own, rate), rate
    return tower.encode(torch.from_numpy(np.ascontiguousarray(mono[None], np.float32)), own)


def _seconds(tower: SoundTower, rate: int) -> float:
    """Processor time of hearing ten seconds, the least of five tries on one thread."""
    torch.set_num_threads(1)
    sound = torch.randn(1, 10 * rate)
    tries = []
    for _ in range(6):
        began = time.process_time()
        with torch.inference_mode():
            tower.encode(sound, rate)
        tries.append(time.process_time() - began)
    return min(tries)


if __name__ == "__main__":
    main()
