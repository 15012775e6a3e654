"""Keeping the takes that ``foleyscape sound`` has made: in the folder and the project, whatever happens to either."""

from argparse import Namespace
from pathlib import Path

from engine.errors import Failed, FoleyscapeError
from engine.generation.add_to_project import AddedTakes
from engine.generation.delivery import Delivery
from engine.progress import Progress
from engine.studio import GenerationResult, Studio


def keep_takes(
    studio: Studio, sounds: GenerationResult, arguments: Namespace, progress: Progress
) -> tuple[Delivery, AddedTakes | None]:
    """Write takes to ``arguments.out`` and, if given, into ``arguments.project``; one is done though the other fails.

    Raises:
        FoleyscapeError: one of them failed. The sentence says where the takes are all the same.
        Cancelled: nothing is left behind.
    """
    delivery, trouble = None, None
    try:
        delivery = studio.export(sounds, arguments.out, overwrite=arguments.overwrite, progress=progress)
    except FoleyscapeError as error:
        if arguments.project is None:
            raise
        trouble = error
    else:
        arguments.cancelled = f"Cancelled; the takes had been written to {delivery.folder} by then."
    added = None if arguments.project is None else add_to_project(studio, sounds, arguments.project)
    if delivery is None:
        assert trouble is not None
        assert added is not None
        raise Failed(f"{trouble.message} The takes are in the project {added.path}.") from trouble
    return delivery, added


def add_to_project(studio: Studio, sounds: GenerationResult, path: Path) -> AddedTakes:
    """Add takes to a project or, if that cannot be written after all, to a new one beside it.

    Raises:
        FoleyscapeError: it cannot be written; the sentence says where the takes are, if anywhere.
    """
    try:
        return studio.add_to_project(sounds, path)
    except FoleyscapeError as error:
        place = _new_beside(path)
        try:
            studio.add_to_project(sounds, place)
        except FoleyscapeError:
            raise error from None
        words = f"{error.message} The new takes are in a project of their own: {place}."
        raise Failed(words) from error


def _new_beside(path: Path) -> Path:
    number = 2
    while (place := path.with_name(f"{path.stem}-{number}{path.suffix}")).exists():
        number += 1
    return place
