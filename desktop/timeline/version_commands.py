"""The commands of how clips play their takes: reverse, speed and pitch."""

from desktop.actions.command_spec import Command
from desktop.timeline.timeline_target import TimelineTarget

VERSION_COMMANDS: tuple[Command[TimelineTarget], ...] = (
    Command(
        "reverse",
        "Re&verse",
        "&Timeline",
        keys=("Ctrl+R",),
        tip="Play the selected clips from their end",
        group=1,
        run=lambda view: view.versions.reverse(),
        enabled=lambda view: view.versions.has_clips,
    ),
    Command(
        "speed_and_pitch",
        "Speed and pitch…",
        "&Timeline",
        keys=("Ctrl+Shift+P",),
        tip="Set speed and pitch of the selected clips",
        group=1,
        run=lambda view: view.versions.ask(),
        enabled=lambda view: view.versions.has_clips,
    ),
    Command(
        "faster",
        "Faster",
        "&Timeline",
        keys=("Alt+=",),
        tip="The selected clips a twelfth faster, at the same pitch",
        group=1,
        run=lambda view: view.versions.step_speed(1),
        enabled=lambda view: view.versions.has_clips,
    ),
    Command(
        "slower",
        "Slower",
        "&Timeline",
        keys=("Alt+-",),
        tip="The selected clips a twelfth slower, at the same pitch",
        group=1,
        run=lambda view: view.versions.step_speed(-1),
        enabled=lambda view: view.versions.has_clips,
    ),
    Command(
        "pitch_up",
        "Higher",
        "&Timeline",
        keys=("Alt+PgUp",),
        tip="The selected clips a semitone higher, at the same speed",
        group=1,
        run=lambda view: view.versions.step_pitch(1),
        enabled=lambda view: view.versions.has_clips,
    ),
    Command(
        "pitch_down",
        "Lower",
        "&Timeline",
        keys=("Alt+PgDown",),
        tip="The selected clips a semitone lower, at the same speed",
        group=1,
        run=lambda view: view.versions.step_pitch(-1),
        enabled=lambda view: view.versions.has_clips,
    ),
)
