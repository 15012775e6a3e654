"""Which model runs, and where: what the settings say of it, as one value that a job keeps."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktop.settings.store import SettingsStore
from desktop.settings.table import Preferences


@dataclass(frozen=True)
class ModelChoice:
    """A model and what it runs on.

    Attributes:
        model: a model folder or an id of the catalogue; None is the bundled model.
        device: "cpu", "cuda", "mps", or "auto" for the fastest there is.
        threads: of the processor; None lets the models decide.
    """

    model: str | None = None
    device: str = "auto"
    threads: int | None = None


def model_choice(preferences: Preferences) -> ModelChoice:
    """Return the model that the settings choose."""
    return ModelChoice(preferences.model or None, preferences.device, preferences.threads or None)


def on_model_change(settings: SettingsStore, act: Callable[[ModelChoice], None]) -> None:
    """Call a function whenever another model, device or number of threads is chosen."""
    chosen = model_choice(settings.preferences)

    def follow(preferences: Preferences) -> None:
        nonlocal chosen
        choice = model_choice(preferences)
        if choice != chosen:
            chosen = choice
            act(choice)

    settings.changed.connect(follow)


def model_label(choice: ModelChoice) -> str:
    """Return what the status line calls the model."""
    return Path(choice.model or "").name or "Pocket model"


def device_label(choice: ModelChoice) -> str:
    """Return what is known of the device before a model is opened: of the fastest there is, nothing."""
    return "" if choice.device == "auto" else choice.device.upper()
