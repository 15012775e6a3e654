"""Commands that several parts implement: run by the part with the keyboard focus, else by the first that can."""

from typing import Any

from desktop.actions.command_spec import Command

SHARED_COMMANDS: tuple[Command[Any], ...] = (
    Command("cut", "Cu&t", "&Edit", ("Ctrl+X",), "Cut the selected clips", "", 1),
    Command("copy", "&Copy", "&Edit", ("Ctrl+C",), "Copy the selected clips", "copy", 1),
    Command("paste", "&Paste", "&Edit", ("Ctrl+V",), "Paste clips, or a picture as the still", "paste", 1),
    Command("duplicate", "&Duplicate", "&Edit", ("Ctrl+D",), "Place copies after the selected clips", "", 1),
    Command(
        "delete", "D&elete", "&Edit", ("Del", "Backspace"), "Remove the selected clips or objects", "trash", 1
    ),
    Command(
        "select_all",
        "Select &all",
        "&Edit",
        ("Ctrl+A",),
        "Select all objects, or in the timeline all clips",
        "",
        2,
    ),
    Command("solo", "&Solo", "&Objects", ("S",), "Hear only the selected objects", "headphones", 1),
    Command("mute", "&Mute", "&Objects", ("M",), "Silence the selected objects", "mute", 1),
    Command("mark_in", "Mark &in", "&Play", ("I",), "The loop begins here", "", 1),
    Command("mark_out", "Mark o&ut", "&Play", ("O",), "The loop ends here", "", 1),
)
