r"""Training of feature tower and object attention from one pack of pictures, in minutes of a GPU or an hour of a core.

    python -m engine.training.vision_run --pack pictures.zip --weights features.safetensors \
        --words TEXT_ENCODER --out FILE

Photographs are used for cross-validation, fold by fold; the written weights are trained on all of them.
"""

import argparse
import json
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.diffusion.attention import ObjectAttention
from engine.diffusion.text_tower import TextTower
from engine.models.concepts import Concept, load_concepts
from engine.progress import no_progress
from engine.training.carried_features import load_features
from engine.training.click_pack import PackPicture, read_pack
from engine.training.condition_report import Pair, composed_pairs, photograph_pairs, report
from engine.training.feature_tower import (
    FeatureTowerConfig,
    RawScenes,
    encode_composed,
    encode_photographs,
    train_feature_tower,
)
from engine.training.loop import Schedule
from engine.training.object_attention import AttentionConfig, concept_centres, train_object_attention
from engine.training.pictures import Pictures, PictureSet, Pixels, outlined_tile
from engine.training.scenes import SceneComposer, SceneConfig
from engine.vision.towers import FeatureTower

log = logging.getLogger("foleyscape.training")
SCENES = SceneConfig(side=320, grid=10, smallest=0.28)
PHOTOGRAPH_REPEATS = 6
"""Number of times each view of a photograph counts as a scene."""


@dataclass(frozen=True)
class VisionRunConfig:
    """Amount of data and duration of training; seeds are those of the parts."""

    scenes: int = 12_000
    tower_steps: int = 1200
    attention_steps: int = 2000
    fold_steps: int = 500
    ablation_steps: int = 400
    folds: int = 4
    pairs: int = 240
    photographs: int | None = None
    workers: int = 6
    device: str = "cuda"
    ablations: bool = False

    @classmethod
    def toy(cls) -> "VisionRunConfig":
        """Return a config for seconds on a CPU."""
        return cls(16, 3, 3, 3, 3, pairs=2, photographs=8, workers=0, device="cpu", ablations=True)


def pack_tiles(pictures: Sequence[PackPicture]) -> Pictures:
    """Return the objects of a pack as tiles for composing scenes."""
    sets: dict[str, tuple[list[Pixels], list[str]]] = {}
    for picture in pictures:
        if picture.kind == "background":
            opaque = np.full((*picture.pixels.shape[:2], 1), 255, np.uint8)
            things = [(np.dstack([picture.pixels, opaque]), f"BACKGROUND_Google/{picture.name}")]
        elif picture.kind in {"coco", "photograph"}:
            stem = picture.name.rsplit("/", 1)[-1]
            cut = [outlined_tile(picture.pixels, mask) for mask in picture.masks]
            named = [f"{label}/{stem}#{place}" for place, label in enumerate(picture.labels)]
            things = [(tile, name) for tile, name in zip(cut, named, strict=True) if tile is not None]
        else:
            continue
        pack = "coco" if picture.kind == "coco" else "caltech101"
        tiles, names = sets.setdefault(pack, ([], []))
        tiles += [tile for tile, _ in things]
        names += [f"{pack}/{name}" for _, name in things]
    return Pictures(tuple(_as_set(*found) for found in sets.values()))


def _as_set(tiles: Sequence[Pixels], names: Sequence[str]) -> PictureSet:
    side = max(max(tile.shape[:2]) for tile in tiles)
    stack = np.zeros((len(tiles), side, side, 4), np.uint8)
    for row, tile in zip(stack, tiles, strict=True):
        row[: tile.shape[0], : tile.shape[1]] = tile
    return PictureSet(stack, np.array([tile.shape[:2] for tile in tiles], np.int32), tuple(names))


class VisionRun:
    """Encodes once, trains tower and attention, and measures.

    Args:
        pictures: pictures of a pack.
        groups: see ``FeatureTower``.
        words: the text tower of the condition space.
        config: amounts of data.
        backbone: the feature extractor of ``FeatureTower``.
    """

    def __init__(
        self,
        pictures: Sequence[PackPicture],
        groups: Sequence[Sequence[int]],
        words: TextTower,
        config: VisionRunConfig,
        backbone: Path,
    ) -> None:
        self.concepts: tuple[Concept, ...] = load_concepts()
        self.words, self.config, self.groups = words, config, groups
        self.centres = concept_centres(self.concepts, words)
        self._backbone = load_features(backbone).to(config.device)
        encoder: FeatureTower = FeatureTower(SCENES.side, 192, groups).to(config.device)
        encoder.lend(self._backbone)
        coco = [picture for picture in pictures if picture.kind == "coco"][: config.photographs]
        tiles = pack_tiles(pictures)
        composer = SceneComposer(tiles, self.concepts, SCENES)
        began = time.monotonic()
        self.composed = encode_composed(encoder, composer, config.scenes, 77, no_progress(), config.workers)
        log.info("%d scenes in %.0f s", config.scenes, time.monotonic() - began)
        parts = [coco[n :: config.folds] for n in range(config.folds)]
        self.photographs = [encode_photographs(encoder, part, self.concepts, no_progress()) for part in parts]
        self.photograph_pairs = [photograph_pairs(encoder, part, self.concepts) for part in parts]
        held = SceneComposer(
            tiles, self.concepts, replace(SCENES, full_frame=0.0, strength=0.3), kept_apart=True
        )
        self.composed_pairs = composed_pairs(encoder, held, config.pairs, 7)
        counts = [len(pairs) for pairs in self.photograph_pairs]
        log.info("encoded, %d and %s pairs, %.0f s", config.pairs, counts, time.monotonic() - began)

    def scenes(self, without: int | None = None) -> RawScenes:
        """Return the training scenes: all, or all but the photographs of a fold."""
        parts = [part for n, part in enumerate(self.photographs) if n != without]
        return RawScenes.joined([self.composed, *parts * PHOTOGRAPH_REPEATS])

    def tower(self, scenes: RawScenes) -> FeatureTower:
        """Train a tower on scenes."""
        config = replace(
            FeatureTowerConfig(), schedule=Schedule(self.config.tower_steps, 1.5e-3, warmup_steps=50)
        )
        tower, losses = train_feature_tower(
            scenes, self.groups, len(self.concepts), config, no_progress(), device=self.config.device
        )
        log.info("tower: loss %.3f", float(np.mean(losses[-50:])))
        tower.lend(self._backbone)
        return tower

    def attention(self, scenes: RawScenes, tower: FeatureTower, config: AttentionConfig) -> ObjectAttention:
        """Train an attention on a tower's tokens of scenes."""
        attention, losses = train_object_attention(
            scenes.adapted(tower), self.concepts, self.words, config, no_progress(), device=self.config.device
        )
        log.info("attention: loss %.3f", float(np.mean(losses[-50:])))
        attention.eval()
        return attention

    def report(
        self, name: str, pairs: Sequence[Pair], tower: FeatureTower, attention: ObjectAttention
    ) -> None:
        """Log how close conditions are to their own objects."""
        self.log(name, report(pairs, tower, attention, self.centres, self.concepts, self.words))

    @staticmethod
    def log(name: str, found: Mapping[str, float]) -> None:
        """Log one line of figures."""
        log.info("%s: %s", name, "  ".join(f"{key} {value:.3f}" for key, value in found.items()))

    def cross_validate(self) -> None:
        """Measure, on photographs, what was trained without them."""
        total: dict[str, float] = {}
        count = sum(len(pairs) for pairs in self.photograph_pairs)
        for fold, pairs in enumerate(self.photograph_pairs):
            if not pairs:
                continue
            scenes = self.scenes(without=fold)
            tower = self.tower(scenes)
            attention = self.attention(scenes, tower, attention_config(self.config, self.config.fold_steps))
            found = report(pairs, tower, attention, self.centres, self.concepts, self.words)
            self.log(f"photographs of fold {fold}", found)
            for key, value in found.items():
                total[key] = total.get(key, 0.0) + value * len(pairs) / count
        self.log(f"{count} pairs in photographs, cross-validated", total)


def attention_config(config: VisionRunConfig, steps: int | None = None) -> AttentionConfig:
    """Return the config of the bundled attention, or the same with fewer steps."""
    schedule = Schedule(steps or config.attention_steps, 1.5e-3, warmup_steps=100)
    return replace(AttentionConfig.release(), schedule=schedule, batch=160)


ABLATIONS: dict[str, dict[str, object]] = {
    "paper: text alone": {"mask_share": 0.0},
    "half of the rows by mask": {"mask_share": 0.5},
    "masks alone (vi)": {"mask_share": 1.0},
    "four heads (ii)": {"mask_share": 0.0, "heads": 4},
    "additive (iii)": {"mask_share": 0.0, "additive": True},
    "text alone, nothing absent": {"mask_share": 0.0, "absent": 0.0},
}
"""Rows of Table 3 of *Sounding that Object* that concern the attention, at the level of conditions."""


def save(path: Path, tower: FeatureTower, attention: ObjectAttention) -> None:
    """Write both parts into one file of half-precision weights, with their configs as metadata."""
    from safetensors.torch import save_file

    tensors: dict[str, Tensor] = {}
    metadata: dict[str, str] = {}
    for name, part in (("image_encoder", tower), ("object_attention", attention)):
        tensors |= {
            f"{name}.{key}": value.half().cpu().contiguous() for key, value in part.state_dict().items()
        }
        metadata[name] = json.dumps({k: v for k, v in part.config.items() if not k.startswith("_")})
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, metadata=metadata)


def unpack(path: Path, folder: Path) -> None:
    """Write the parts of a file from ``save`` as folders of a model."""
    from safetensors import safe_open

    kinds = {"image_encoder": FeatureTower, "object_attention": ObjectAttention}
    with safe_open(path, framework="pt") as file:
        for name, kind in kinds.items():
            part = kind(**json.loads(file.metadata()[name]))
            keys = [key for key in file.keys() if key.startswith(f"{name}.")]  # noqa: SIM118
            part.load_state_dict({key[len(name) + 1 :]: file.get_tensor(key).float() for key in keys})
            part.half().save_pretrained(folder / name, safe_serialization=True)


def main() -> None:
    """Run everything."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pack", type=Path, required=True)
    options.add_argument("--weights", type=Path, required=True, help="what carried_features wrote")
    options.add_argument("--words", type=Path, required=True, help="folder of the text encoder")
    options.add_argument(
        "--groups", type=Path, required=True, help="ImageNet classes by what they sound like, JSON"
    )
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--toy", action="store_true")
    options.add_argument("--device", default="cuda")
    options.add_argument("--workers", type=int, default=VisionRunConfig.workers)
    options.add_argument("--scenes", type=int, default=VisionRunConfig.scenes)
    options.add_argument("--ablations", action="store_true")
    given = options.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    config = VisionRunConfig(
        scenes=given.scenes, workers=given.workers, device=given.device, ablations=given.ablations
    )
    config = VisionRunConfig.toy() if given.toy else config
    torch.set_num_threads(4 if given.device != "cpu" else torch.get_num_threads())
    groups = list(json.loads(given.groups.read_text()).values())
    words = TextTower.from_pretrained(given.words).float().eval()
    run = VisionRun(read_pack(given.pack), groups, words, config, given.weights)
    scenes = run.scenes()
    tower = run.tower(scenes)
    attention = run.attention(scenes, tower, attention_config(config))
    save(given.out, tower, attention)
    run.report(f"{config.pairs} composed pairs", run.composed_pairs, tower, attention)
    run.cross_validate()
    for name, change in ABLATIONS.items() if config.ablations else ():
        short = replace(attention_config(config, config.ablation_steps), **change)  # type: ignore[arg-type]
        run.report(name, run.composed_pairs, tower, run.attention(scenes, tower, short))


if __name__ == "__main__":
    main()
