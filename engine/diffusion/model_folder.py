"""A pipeline as a folder in the diffusers layout: ``model_index.json`` and one folder per part.

Only classes named here are ever loaded, and only from safetensors: a folder from a stranger is data, not
code.
"""

import copy
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engine.errors import BadInput
from engine.inputs import DamagedFile, NoSuchFile, read_json

INDEX = "model_index.json"


def _diffusers(name: str) -> Callable[[], Any]:
    def load() -> Any:
        import diffusers

        return getattr(diffusers, name)

    return load


def _transformers(name: str) -> Callable[[], Any]:
    def load() -> Any:
        import transformers

        return getattr(transformers, name)

    return load


def _vocoder() -> Any:
    from engine.diffusion.vocoder import SpectralVocoder

    return SpectralVocoder


def _text() -> Any:
    from engine.diffusion.text_tower import TextTower

    return TextTower


def _over_time() -> Any:
    from engine.diffusion.time_transformer import TimeTransformer

    return TimeTransformer


def _attention() -> Any:
    from engine.diffusion.attention import ObjectAttention

    return ObjectAttention


def _sound_tower() -> Any:
    from engine.diffusion.sound_tower import SoundTower

    return SoundTower


CLASSES: Mapping[str, Callable[[], Any]] = {
    "UNet2DConditionModel": _diffusers("UNet2DConditionModel"),
    "AutoencoderKL": _diffusers("AutoencoderKL"),
    "DDIMScheduler": _diffusers("DDIMScheduler"),
    "SpeechT5HifiGan": _transformers("SpeechT5HifiGan"),
    "ClapTextModelWithProjection": _transformers("ClapTextModelWithProjection"),
    "SpectralVocoder": _vocoder,
    "TextTower": _text,
    "TimeTransformer": _over_time,
    "ObjectAttention": _attention,
    "SoundTower": _sound_tower,
}


def read_index(folder: Path) -> dict[str, Any]:
    """Read the folder's ``model_index.json``.

    Raises:
        BadInput: the file is missing, or not JSON.
    """
    try:
        index = read_json(folder / INDEX)
    except DamagedFile:
        raise BadInput(f"{folder / INDEX} is damaged. Fetch or copy the model again.") from None
    except NoSuchFile:
        raise BadInput(f"There is no model in {folder}: it has no {INDEX}. Choose a model folder.") from None
    if not isinstance(index, dict):
        raise BadInput(f"{folder / INDEX} is damaged. Fetch or copy the model again.")
    return index


def learnt_sounds(folder: Path) -> frozenset[str] | None:
    """Return the ids of the concepts whose sounds the weights have learned, or None if the index does not say.

    Raises:
        BadInput: the folder has no index, or it is damaged.
    """
    shape = read_index(folder).get("foleyscape", {})
    sounds = shape.get("sounds") if isinstance(shape, dict) else None
    return None if not isinstance(sounds, list) else frozenset(map(str, sounds))


def load_part(folder: Path, index: Mapping[str, Any], part: str) -> Any:
    """Load one part of a pipeline folder, in evaluation mode, float32.

    Raises:
        BadInput: the part is missing, of an unknown class, or damaged.
    """
    entry = index.get(part)
    name = str(entry[1]) if isinstance(entry, list) and len(entry) == 2 else None
    if name is None or name not in CLASSES:
        raise BadInput(f"The model in {folder} has no {part} that Foleyscape can load (found {name}).")
    kind = CLASSES[name]()
    options = {} if part == "scheduler" else _loading_options(kind)
    try:
        loaded = kind.from_pretrained(folder / part, **options)
    except MemoryError:
        raise
    except Exception as error:  # a damaged config reaches a network's constructor as it is
        raise BadInput(
            f"The {part} of the model in {folder} could not be read ({type(error).__name__}). "
            "Fetch or copy the model again."
        ) from error
    return loaded if part == "scheduler" else loaded.float().eval()


def _loading_options(kind: Any) -> dict[str, Any]:
    """Return the arguments of ``from_pretrained``; loading prints nothing and starts no thread for a progress bar."""
    from diffusers import ModelMixin
    from diffusers.utils.logging import disable_progress_bar

    disable_progress_bar()
    if issubclass(kind, ModelMixin):
        # Loading layer by layer needs a package that is not installed, and says so each time it is tried.
        return {"use_safetensors": True, "low_cpu_mem_usage": False}
    return {"use_safetensors": True}


def save_part(folder: Path, part: str, module: Any, *, half: bool) -> list[str]:
    """Save one part under ``folder`` as safetensors, in fp16 if ``half``; return its index entry."""
    if part == "scheduler":
        module.save_pretrained(folder / part)
    else:
        # A copy: halving in place would also reduce the precision of the networks in use.
        saved = copy.deepcopy(module).half() if half else module
        saved.save_pretrained(folder / part, safe_serialization=True)
        _remove_path_from_config(folder / part / "config.json")
    return [type(module).__module__.split(".")[0], type(module).__name__]


def _remove_path_from_config(config: Path) -> None:
    """Remove the path that a part was loaded from, which is of no use to others."""
    facts = json.loads(config.read_text(encoding="utf-8"))
    facts.pop("_name_or_path", None)
    config.write_text(json.dumps(facts, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def write_index(folder: Path, index: Mapping[str, Any]) -> None:
    """Write ``model_index.json``, last, so that an incomplete folder is not taken for a model."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / INDEX).write_text(json.dumps(dict(index), indent=2) + "\n", encoding="utf-8")
