"""The chosen model and its device, as one value that a job keeps."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktop.settings.store import SettingsStore
from desktop.settings.table import Preferences


@dataclass(frozen=True)
class ModelChoice:
    """A model and its device.

    Attributes:
        model: a model folder or a catalogue id; None is the bundled model.
        device: "cpu", "cuda", "mps", or "auto" for the fastest one available.
        threads: number of CPU threads; None leaves it to the models.
    """

    model: str | None = None
    device: str = "auto"
    threads: int | None = None


def model_choice(preferences: Preferences) -> ModelChoice:
    """Return the model chosen in the preferences."""
    return ModelChoice(preferences.model or None, preferences.device, preferences.threads or None)


def on_model_change(settings: SettingsStore, act: Callable[[ModelChoice], None]) -> None:
    """Call a function whenever the model, the device or the number of threads has changed."""
    chosen = model_choice(settings.preferences)

    def follow(preferences: Preferences) -> None:
        nonlocal chosen
        choice = model_choice(preferences)
        if choice != chosen:
            chosen = choice
            act(choice)

    settings.changed.connect(follow)


def model_label(choice: ModelChoice) -> str:
    """Return the model's name for the status bar."""
    return Path(choice.model or "").name or "Pocket model"


def device_label(choice: ModelChoice) -> str:
    """Return the device's name before a model is loaded; empty for "auto"."""
    return "" if choice.device == "auto" else choice.device.upper()
