"""Edits of the project itself: its name, its still."""

from dataclasses import replace

from engine.errors import BadInput
from engine.scene import limits
from engine.scene.edits.common import raise_first_problem
from engine.scene.scene import Scene, StillRecord
from engine.scene.validity import object_problems, still_problems


def rename_scene(scene: Scene, name: str) -> Scene:
    """The scene under another name.

    Raises:
        BadInput: it is no name.
    """
    name = limits.normalize_whitespace(name)
    if not limits.name(name):
        raise BadInput(f"A project needs a name of 1 to {limits.MOST_NAME} characters.")
    return replace(scene, name=name)


def set_still(scene: Scene, still: StillRecord) -> Scene:
    """The scene with this picture. Objects stay, so another picture must be of the size of the first.

    Raises:
        BadInput: the record is not sound, or objects have masks of another size.
    """
    still = replace(still, name=limits.writable(still.name)[: limits.MOST_NAME])
    raise_first_problem(still_problems(still))
    for thing in scene.objects:
        raise_first_problem(object_problems(thing, still))
    return replace(scene, still=still)
