"""What the cards and rows of the objects panel show, from the scene and the queue. No widgets of its own."""

from desktop.actions.actions import shown_key
from desktop.actions.key_map import KeyMap
from desktop.generation.worker import GenerationJob
from desktop.objects import edits
from desktop.objects.card import Busy
from desktop.objects.take_commander import TakeHeard
from desktop.objects.take_filter import TakeFilter
from desktop.objects.take_row import TakeRowState
from engine.scene.colours import object_colour
from engine.scene.scene import Scene, TakeRecord

RANKS = {"running": 2, "cancelling": 2, "waiting": 1}
STATES = {"running": "Being made", "cancelling": "Being cancelled", "waiting": "Waits to be made"}


def busy_objects(jobs: tuple[GenerationJob, ...]) -> dict[int, Busy]:
    """Return the state of each object in the queue: the running job's, else a waiting one's, else a failed one's."""
    told: dict[int, GenerationJob] = {}
    for job in jobs:
        for number in job.objects:
            before = told.get(number)
            if before is None or RANKS.get(job.state, 0) > RANKS.get(before.state, 0) or not before.active:
                told[number] = job
    return {
        number: Busy(STATES.get(job.state, job.message), failed=job.state == "failed")
        for number, job in told.items()
        if job.active or job.state == "failed"
    }


def counted(scene: Scene, number: int, chosen: TakeFilter, shown: int) -> str:
    """Return how many takes an object has, as text: those of several objects together are counted apart."""
    takes = edits.takes_with(scene, number, deleted=chosen.deleted)
    if chosen.deleted:
        return f"{shown} in the bin"
    if chosen.active:
        return f"{shown} of {len(takes)} takes"
    together = sum(len(take.objects) > 1 for take in takes)
    alone = len(takes) - together
    if not takes:
        return "No takes yet"
    own = f"{alone} take" + "s" * (alone != 1)
    return f"{own} · {together} together" if together else own


def row_state(scene: Scene, number: int, take: TakeRecord, heard: TakeHeard) -> TakeRowState:
    """Return what the row of a take in the list of an object shows."""
    thing = scene.object(number)
    names = {other.index: other.name for other in scene.objects}
    others = [names.get(index, "something removed") for index in take.objects if index != number]
    together = len(take.objects) > 1 and thing is not None
    return TakeRowState(
        take=take,
        colour=object_colour(max(take.objects, default=0)) if thing is None else thing.colour,
        used=edits.in_use(scene, number, take),
        use_tip=use_tip(scene, number, take),
        others=" and ".join(others) if together else "",
        label="" if thing is not None else take.name,
        side=heard.side(take.digest),
        playing=heard.digest == take.digest,
    )


def use_tip(scene: Scene, number: int, take: TakeRecord) -> str:
    """Return what using a take will do, so that nothing sounds twice unannounced."""
    if take.deleted:
        return "Take it out of the bin"
    thing = scene.object(number)
    if thing is None:
        return f"Put it on a track named {take.name}"
    if len(take.objects) > 1:
        names = [other.name for other in scene.objects if other.index in take.objects]
        return f"Use it on its own track, and mute the tracks of {' and '.join(names)}: nothing sounds twice"
    track = edits.together_of(scene, number)
    if track is not None:
        return f"Use it on the track of {thing.name}, and mute {track.name}, which has that sound too"
    return f"Use it on the track of {thing.name}"


def empty_text(keys: KeyMap) -> str:
    """Return the text of the empty list."""
    accept, find = shown_key("accept", keys), shown_key("find", keys)
    adding = f", and press {accept}." if accept else ", and add it."
    finding = f"\nOr press {find} to find objects." if find else ""
    return f"Click something in the still that should be heard{adding}{finding}"
