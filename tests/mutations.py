"""Files of every kind that a person may open, changed at random, and what reads them."""

import io
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from PIL import Image

from desktop.document.recent import read_recent
from desktop.export.last_export import LastExportStore
from desktop.main_window.all_commands import ALL_COMMANDS
from desktop.settings.store import JsonFile, SettingsStore
from desktop.timeline.part import lane_in
from engine.diffusion.model_folder import learnt_sounds, load_part, read_index
from engine.errors import FoleyscapeError
from engine.generation.listener import read_sound
from engine.generation.recipe import read_recipe
from engine.models.resources import resource
from engine.sound.measure_file import measure_file
from engine.vision.still import load_still
from tests.engine.generation.sample_recipe import recipe

SETTINGS = {
    "device": "cpu",
    "threads": 2,
    "draft_steps": 9,
    "keys": {"play": ["P"]},
    "recent": ["/a/still.png", "/b/Street.foley"],
    "timeline": {"lane": 80},
    "choices": {"bits": 16, "formats": ["wav", "aaf"], "categories": [[1, "ANMLDog"]], "left_out": [1]},
    "presets": {"Avid": {"embed": True, "handles": 1.5}},
    "folder": "/films",
    "project": "/b",
}
PICTURES = ("png", "jpg", "webp", "tif", "bmp", "gif", "ppm", "jp2", "avif")
SOUNDS = ("wav", "flac", "ogg", "aiff", "mp3")
MODEL_FILES = ("model_index.json", "scheduler/scheduler_config.json")


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes:
        whole: an undamaged file.
        name: its name within a folder.
        read: reads it as the program does; raises a FoleyscapeError, or returns.
        around: further files of its folder.
    """

    whole: bytes
    name: str
    read: Callable[[Path], object]
    around: tuple[tuple[str, bytes], ...] = ()

    def outcome(self, data: bytes) -> str:
        """Return what came of reading this content: "read" or "refused".

        Raises:
            Exception: anything but a sentence came of it.
        """
        with tempfile.TemporaryDirectory() as folder:
            for name, content in (*self.around, (self.name, data)):
                path = Path(folder) / name
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(content)
            try:
                self.read(Path(folder) / self.name)
            except FoleyscapeError as refusal:
                assert refusal.message.endswith((".", "?")), refusal.message
                return "refused"
            return "read"


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind by its name."""
    pixels = np.random.default_rng(1).integers(0, 255, (40, 50, 3), np.uint8)
    found = {ending: Kind(_picture(pixels, ending), f"x.{ending}", load_still) for ending in PICTURES}
    found |= {ending: Kind(_sound(ending), f"x.{ending}", _listen) for ending in SOUNDS}
    text = json.dumps(recipe()).encode()
    found["recipe"] = Kind(text, "recipe.json", _reproduce)
    pocket = resource("models", "pocket")
    model = tuple((name, (pocket / name).read_bytes()) for name in MODEL_FILES)
    for name, data in model:
        around = tuple(entry for entry in model if entry[0] != name)
        found[f"model {name}"] = Kind(data, name, _open_model, around)
    for name, read in (("settings.json", _open_settings), ("window.json", _open_state)):
        found[name] = Kind(json.dumps(SETTINGS).encode(), name, read)
    return found


def mutated(data: bytes, random: np.random.Generator) -> bytes:
    """Return the content with one to four changes: cut, flipped, repeated, moved, or other values of JSON."""
    if data[:1] == b"{" and random.random() < 0.5:
        return json.dumps(_other_value(json.loads(data), random)).encode("utf-8", "surrogatepass")
    changed = bytearray(data)
    for _ in range(int(random.integers(1, 5))):
        if not changed:
            break
        at, length = int(random.integers(len(changed))), int(random.integers(1, 64))
        match int(random.integers(6)):
            case 0:
                del changed[at:]
            case 1:
                changed[at] ^= 1 << int(random.integers(8))
            case 2:
                changed[at : at + length] = bytes(random.integers(0, 256, length, np.uint8))
            case 3:
                changed[at:at] = changed[at : at + length] * int(random.integers(1, 50))
            case 4:
                del changed[at : at + length]
            case _:
                changed[at : at + 4] = random.choice(_WORDS)
    return bytes(changed)


_WORDS = (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x80\0\0\0")
_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    10**30,
    1.5,
    float("nan"),
    float("inf"),
    "",
    "\udce9",
    "x" * 9000,
    [],
    {},
    [[]],
    {"a": 1},
)


def _other_value(facts: Any, random: np.random.Generator) -> Any:
    """Return JSON data with a value, somewhere inside, replaced or left out."""
    value = _VALUES[int(random.integers(len(_VALUES)))]
    if not isinstance(facts, dict | list) or not facts:
        return value
    keys = list(facts) if isinstance(facts, dict) else list(range(len(facts)))
    key: Any = keys[int(random.integers(len(keys)))]
    copy: Any = facts.copy()
    if random.random() < 0.2:
        del copy[key]
    else:
        copy[key] = _other_value(facts[key], random) if random.random() < 0.7 else value
    return copy


def _picture(pixels: Any, ending: str) -> bytes:
    data = io.BytesIO()
    names = {"jpg": "JPEG", "tif": "TIFF", "jp2": "JPEG2000"}
    Image.fromarray(pixels).save(data, names.get(ending, ending.upper()))
    return data.getvalue()


def _sound(ending: str) -> bytes:
    data = io.BytesIO()
    noise = np.random.default_rng(2).normal(0, 0.1, (4000, 2)).astype(np.float32)
    soundfile.write(data, noise, 16_000, format=ending.upper())
    return data.getvalue()


def _listen(path: Path) -> None:
    measure_file(path)
    read_sound(path)


def _reproduce(path: Path) -> None:
    for target in read_recipe(path).request.targets:
        target.area()


def _open_settings(path: Path) -> None:
    SettingsStore(JsonFile(path), ALL_COMMANDS)


def _open_state(path: Path) -> None:
    facts = JsonFile(path).read()
    read_recent(facts.get("recent"))
    lane_in(facts)
    LastExportStore(JsonFile(path))


def _open_model(path: Path) -> None:
    folder = path.parent if path.name == "model_index.json" else path.parent.parent
    learnt_sounds(folder)
    load_part(folder, read_index(folder), "scheduler")
