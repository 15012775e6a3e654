"""Edits of the project itself: its name and its still."""

from dataclasses import replace

from engine.errors import BadInput
from engine.scene import limits
from engine.scene.edits.lookup import raise_first_problem
from engine.scene.scene import Scene, StillRecord
from engine.scene.validity import object_problems, still_problems


def rename_scene(scene: Scene, name: str) -> Scene:
    """Rename the scene.

    Raises:
        BadInput: the name is invalid.
    """
    name = limits.normalize_whitespace(name)
    if not limits.name(name):
        raise BadInput(f"A project needs a name of 1 to {limits.MOST_NAME} characters.")
    return replace(scene, name=name)


def set_still(scene: Scene, still: StillRecord) -> Scene:
    """Set the still. Objects stay, so once there are any, another still must have the same size.

    Raises:
        BadInput: the record is invalid, or objects have masks of another size.
    """
    still = replace(still, name=limits.writable(still.name)[: limits.MOST_NAME])
    raise_first_problem(still_problems(still))
    for thing in scene.objects:
        raise_first_problem(object_problems(thing, still))
    return replace(scene, still=still)
