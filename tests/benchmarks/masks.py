"""How good one click's masks are: python tests/benchmarks/masks.py [--model FOLDER] [--threads N] [--samples].

Mean IoU of the best of three proposals with outlines drawn by hand (tests/references), beside OpenCV's GrabCut from
the same click: a sure disc at the click, likely within a fifth of the longest side, surely not at the border, five
rounds at a longest side of 512, the piece round the click, holes filled. The first click of an object is the point
deepest inside it (or the one in the file); the others are drawn from its deeper two thirds.
"""

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import skimage
import torch
from numpy.typing import NDArray

from engine.models.resources import resource
from engine.scene.hints import Click, Hints
from engine.vision.click_segmenter import ClickSegmenter, load_segmenter
from engine.vision.refinement import largest_component
from engine.vision.segmenter import Segmenter
from engine.vision.still import Still, load_still

REFERENCES = Path(__file__).resolve().parents[1] / "references"
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Outlined:
    """A thing in a still: its name, its mask, and the points (x, y) where it is clicked."""

    name: str
    mask: Mask
    points: tuple[tuple[int, int], ...]


def mask_of(entry: dict[str, Any], height: int, width: int) -> Mask:
    """The mask of one entry of a reference file."""
    canvas = np.zeros((height, width), np.uint8)
    for key, value in (("polygons", 1), ("holes", 0), ("minus", 0)):
        for polygon in entry[key]:
            cv2.fillPoly(canvas, [np.round(np.array(polygon)).astype(np.int32)], value)
    return canvas.astype(bool)


def points_of(
    mask: Mask, first: list[int] | None, extra: int, rng: np.random.Generator
) -> tuple[tuple[int, int], ...]:
    """Where to click a mask."""
    depth = cv2.distanceTransform(np.pad(mask.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    y, x = np.unravel_index(int(depth.argmax()), depth.shape)
    rows, columns = np.nonzero(depth >= 0.35 * depth.max())
    chosen = rng.integers(len(rows), size=extra)
    others = [(int(columns[i]), int(rows[i])) for i in chosen]
    return ((first[0], first[1]) if first else (int(x), int(y)), *others)


def outlined(file: Path, pictures: Path, extra: int) -> dict[str, tuple[Still, list[Outlined]]]:
    """Every still of a reference file with its things."""
    rng = np.random.default_rng(0)
    out = {}
    for name, entries in json.loads(file.read_text())["objects"].items():
        still = load_still(pictures / name)
        things = []
        for entry in entries:
            mask = mask_of(entry, still.height, still.width)
            things.append(Outlined(entry["name"], mask, points_of(mask, entry.get("click"), extra, rng)))
        out[name] = (still, things)
    return out


def iou(one: Mask, other: Mask) -> float:
    return float((one & other).sum() / max(1, (one | other).sum()))


def grab_cut(still: Still, x: int, y: int) -> Mask:
    """GrabCut's mask from one click, bool (H, W)."""
    scale = min(1.0, 512 / max(still.height, still.width))
    size = round(still.width * scale), round(still.height * scale)
    pixels = cv2.resize(still.pixels, size, interpolation=cv2.INTER_AREA)
    longest, point = max(size), (int(x * scale), int(y * scale))
    marks = np.full((size[1], size[0]), cv2.GC_PR_BGD, np.uint8)
    cv2.circle(marks, point, longest // 5, cv2.GC_PR_FGD, cv2.FILLED)
    marks[[0, -1]] = cv2.GC_BGD
    marks[:, [0, -1]] = cv2.GC_BGD
    cv2.circle(marks, point, max(2, longest // 50), cv2.GC_FGD, cv2.FILLED)
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(
        cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), marks, (0, 0, 1, 1), *models, 5, cv2.GC_INIT_WITH_MASK
    )
    found = largest_component((marks & 1).astype(bool), point)
    large = cv2.resize(found.astype(np.uint8), (still.width, still.height), interpolation=cv2.INTER_NEAREST)
    return large.astype(bool)


def measure(segmenter: ClickSegmenter | Segmenter, pictures: dict[str, tuple[Still, list[Outlined]]]) -> None:
    ours, first, grabbed, preparing, clicking = [], [], [], [], []
    for name, (still, things) in pictures.items():
        began = time.perf_counter(), time.process_time()
        segmenter.prepare(still)
        preparing.append((time.perf_counter() - began[0], time.process_time() - began[1]))
        for thing in things:
            row = []
            for x, y in thing.points:
                began = time.perf_counter(), time.process_time()
                proposal = segmenter.propose(still.digest, Hints((Click(x, y),)))
                clicking.append((time.perf_counter() - began[0], time.process_time() - began[1]))
                each = [iou(mask, thing.mask) for mask in proposal.masks]
                row.append((max(each), each[0]))
            ours.append([best for best, _ in row])
            first.append([top for _, top in row])
            grabbed.append([iou(grab_cut(still, x, y), thing.mask) for x, y in thing.points])
            sys.stdout.write(
                f"{name:22}{thing.name:20} one click {ours[-1][0]:.2f}  mean of clicks {np.mean(ours[-1]):.2f}"
                f"  GrabCut {grabbed[-1][0]:.2f}\n"
            )
            sys.stdout.flush()
    _report(np.array(ours), np.array(first), np.array(grabbed))
    for what, times in (("preparing", preparing), ("click to mask", clicking)):
        wall, cpu = np.median(np.array(times) * 1000, axis=0)
        sys.stdout.write(f"{what}: median {wall:.0f} ms, of which processor {cpu:.0f} ms\n")


def _report(ours: NDArray[np.float64], first: NDArray[np.float64], grabbed: NDArray[np.float64]) -> None:
    for what, chosen in (("deepest click", np.s_[:, :1]), ("all clicks", np.s_[:, :])):
        best, cut = ours[chosen].mean(), grabbed[chosen].mean()
        sys.stdout.write(
            f"{what}: best of three {best:.3f}, first {first[chosen].mean():.3f}, GrabCut {cut:.3f}, "
            f"ratio {best / cut:.2f}\n"
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--model", type=Path, default=resource("models", "pocket", "segmenter"))
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--clicks", type=int, default=3, help="clicks on each thing")
    options.add_argument(
        "--samples", action="store_true", help="scikit-image's pictures in place of ../shared/photos"
    )
    arguments = options.parse_args()
    torch.set_num_threads(arguments.threads)
    cv2.setNumThreads(arguments.threads)
    shared = Path(__file__).resolve().parents[3] / "shared" / "photos"
    pictures = Path(skimage.__file__).parent / "data" if arguments.samples else shared
    file = REFERENCES / ("samples.json" if arguments.samples else "photos.json")
    segmenter = load_segmenter(arguments.model)
    measure(segmenter, outlined(file, pictures, arguments.clicks - 1))


if __name__ == "__main__":
    main()
