"""The commands of the list of takes. Their single keys act while the list has the keyboard."""

from typing import Protocol

from desktop.actions.command_spec import Command

SCOPE = "takes"


class TakesTarget(Protocol):
    """What the commands need of the list of takes."""

    @property
    def has_takes(self) -> bool: ...
    @property
    def has_current(self) -> bool: ...
    @property
    def has_recording(self) -> bool: ...
    @property
    def has_deleted(self) -> bool: ...
    @property
    def looping(self) -> bool: ...
    @property
    def shows_bin(self) -> bool: ...
    def enter(self) -> None: ...
    def leave(self) -> None: ...
    def step(self, by: int) -> None: ...
    def play(self) -> None: ...
    def use(self) -> None: ...
    def star(self) -> None: ...
    def reject(self) -> None: ...
    def loop(self) -> None: ...
    def place(self) -> None: ...
    def edit(self, what: str) -> None: ...
    def again(self) -> None: ...
    def delete(self) -> None: ...
    def show_file(self) -> None: ...
    def export(self) -> None: ...
    def find(self) -> None: ...
    def show_bin(self, on: bool) -> None: ...
    def empty_bin(self) -> None: ...


def has_current(takes: TakesTarget) -> bool:
    """Return whether there is a take that the commands act on."""
    return takes.has_current


TAKES_COMMANDS: tuple[Command[TakesTarget], ...] = (
    Command(
        "to_takes",
        "Go &to takes",
        "Ta&kes",
        keys=("D",),
        tip="Give the keyboard to the takes of the selected object",
        run=lambda takes: takes.enter(),
        enabled=lambda takes: takes.has_takes,
    ),
    Command(
        "find_takes",
        "Fin&d takes",
        "Ta&kes",
        keys=("Ctrl+F",),
        tip="Show only takes with these words",
        icon="search",
        run=lambda takes: takes.find(),
        enabled=lambda takes: takes.has_takes,
    ),
    Command(
        "take_next",
        "Ne&xt take",
        "Ta&kes",
        keys=("Down",),
        tip="Go to the next take and play it",
        group=1,
        scope=SCOPE,
        run=lambda takes: takes.step(1),
        enabled=has_current,
    ),
    Command(
        "take_previous",
        "Pre&vious take",
        "Ta&kes",
        keys=("Up",),
        tip="Go to the take before and play it",
        group=1,
        scope=SCOPE,
        run=lambda takes: takes.step(-1),
        enabled=has_current,
    ),
    Command(
        "take_play",
        "&Play or stop take",
        "Ta&kes",
        keys=("Space",),
        tip="Play this take, or stop it",
        icon="play",
        group=1,
        scope=SCOPE,
        run=lambda takes: takes.play(),
        enabled=has_current,
    ),
    Command(
        "take_loop",
        "&Loop takes",
        "Ta&kes",
        keys=("Ctrl+L",),
        tip="Play a take over and over",
        icon="loop",
        group=1,
        scope=SCOPE,
        run=lambda takes: takes.loop(),
        enabled=has_current,
        checked=lambda takes: takes.looping,
    ),
    Command(
        "take_use",
        "&Use take",
        "Ta&kes",
        keys=("Return", "Enter"),
        tip="Use this take on the timeline",
        icon="use",
        group=2,
        scope=SCOPE,
        run=lambda takes: takes.use(),
        enabled=has_current,
    ),
    Command(
        "take_star",
        "&Star",
        "Ta&kes",
        keys=("S",),
        tip="Star this take, or take its star away",
        icon="star",
        group=2,
        scope=SCOPE,
        run=lambda takes: takes.star(),
        enabled=has_current,
    ),
    Command(
        "take_reject",
        "&Reject",
        "Ta&kes",
        keys=("X",),
        tip="Reject this take and go on to the next; it is kept, at the end",
        icon="reject",
        group=2,
        scope=SCOPE,
        run=lambda takes: takes.reject(),
        enabled=has_current,
    ),
    Command(
        "take_place",
        "Place at pla&yhead",
        "Ta&kes",
        keys=("P",),
        tip="Put a clip of this take where the playhead is",
        group=2,
        scope=SCOPE,
        run=lambda takes: takes.place(),
        enabled=has_current,
    ),
    Command(
        "take_again",
        "&Generate like this",
        "Ta&kes",
        keys=("G",),
        tip="A new take with the settings of this one and another seed",
        icon="generate",
        group=3,
        scope=SCOPE,
        run=lambda takes: takes.again(),
        enabled=has_current,
    ),
    Command(
        "take_rename",
        "Re&name take",
        "Ta&kes",
        keys=("F2",),
        tip="Give this take a name of its own",
        group=3,
        scope=SCOPE,
        run=lambda takes: takes.edit("title"),
        enabled=has_current,
    ),
    Command(
        "take_note",
        "N&ote",
        "Ta&kes",
        keys=("N",),
        tip="Write a note about this take",
        group=3,
        scope=SCOPE,
        run=lambda takes: takes.edit("note"),
        enabled=has_current,
    ),
    Command(
        "take_licence",
        "Li&cence",
        "Ta&kes",
        tip="Write under which licence this recording may be used; exports name it",
        group=3,
        scope=SCOPE,
        run=lambda takes: takes.edit("licence"),
        enabled=lambda takes: takes.has_recording,
    ),
    Command(
        "take_file",
        "Show &file",
        "Ta&kes",
        tip="Show the file of this take in the file manager",
        icon="folder",
        group=4,
        scope=SCOPE,
        run=lambda takes: takes.show_file(),
        enabled=has_current,
    ),
    Command(
        "take_export",
        "&Export take…",
        "Ta&kes",
        tip="Write this take as a file of its own",
        icon="export",
        group=4,
        scope=SCOPE,
        run=lambda takes: takes.export(),
        enabled=has_current,
    ),
    Command(
        "take_delete",
        "Move to &bin",
        "Ta&kes",
        keys=("Del", "Backspace"),
        tip="Move this take to the bin, or take it out of there",
        icon="trash",
        group=5,
        scope=SCOPE,
        run=lambda takes: takes.delete(),
        enabled=has_current,
    ),
    Command(
        "show_bin",
        "Show b&in",
        "Ta&kes",
        tip="Show the takes in the bin",
        group=5,
        run=lambda takes: takes.show_bin(not takes.shows_bin),
        enabled=lambda takes: takes.has_deleted or takes.shows_bin,
        checked=lambda takes: takes.shows_bin,
    ),
    Command(
        "empty_bin",
        "E&mpty bin",
        "Ta&kes",
        tip="Remove the takes in the bin from the project, apart from those on the timeline",
        group=5,
        run=lambda takes: takes.empty_bin(),
        enabled=lambda takes: takes.has_deleted,
    ),
    Command(
        "from_takes",
        "Le&ave takes",
        "Ta&kes",
        keys=("Esc",),
        tip="Give the keyboard back to the object",
        group=6,
        scope=SCOPE,
        run=lambda takes: takes.leave(),
        enabled=has_current,
    ),
)

RUN = {command.id: command.run for command in TAKES_COMMANDS if command.run is not None}
"""The function of each command, by its id."""
