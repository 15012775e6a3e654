"""The commands of own recordings."""

from typing import Protocol

from desktop.actions.command_spec import Command


class RecordingsTarget(Protocol):
    """What the commands need of the part."""

    @property
    def has_project(self) -> bool: ...
    @property
    def recording(self) -> bool: ...
    @property
    def measuring(self) -> bool: ...
    def import_sounds(self) -> None: ...
    def toggle_recording(self) -> None: ...
    def measure_latency(self) -> None: ...


RECORDINGS_COMMANDS: tuple[Command[RecordingsTarget], ...] = (
    Command(
        "import_sound",
        "&Import sound…",
        "&File",
        keys=("Ctrl+I",),
        tip="Make takes of your own recordings",
        icon="open",
        group=1,
        run=lambda part: part.import_sounds(),
        enabled=lambda part: part.has_project,
    ),
    Command(
        "record",
        "&Record or stop",
        "&Play",
        keys=("Shift+R",),
        tip="Record a take of the selected object while the timeline plays, between the marks if there are any",
        group=5,
        run=lambda part: part.toggle_recording(),
        enabled=lambda part: part.has_project and not part.measuring,
        checked=lambda part: part.recording,
    ),
    Command(
        "measure_latency",
        "Measure recording latency",
        "&Play",
        tip="Play clicks and find them in what the microphone hears, so that recordings lie exactly",
        group=5,
        run=lambda part: part.measure_latency(),
        enabled=lambda part: not part.recording and not part.measuring,
    ),
)
