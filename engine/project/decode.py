"""Reading of a scene from the content of scene.json, with warnings for what is damaged."""

from collections.abc import Callable
from typing import Any, TypeVar

from engine.errors import BadInput
from engine.project import schema
from engine.project.codec import InvalidValue
from engine.project.json_text import UnreadableJson
from engine.project.repair import WarningList, quoted
from engine.scene.masks import Mask
from engine.scene.objects import SoundingObject
from engine.scene.scene import Scene, StillRecord, TakeRecord
from engine.scene.timeline import Clip, Marker, Timeline, Track

Value = TypeVar("Value")
AddWarning = Callable[[str], None]
DecodedScene = Callable[[Any, AddWarning], Value]
MaskOf = Callable[[str, StillRecord], Mask]
"""Returns the mask with this digest for this still; raises BadInput with a sentence if there is none."""

SOUNDING = frozenset({"tracks", "clips"})
"""Lists without whose entries something is not heard."""

MOST_MASK_PIXELS = 2**31
"""Total over all objects of a scene: 2 GiB, at one byte per pixel in memory."""

MOST_ENTRIES = 200_000
"""Total of objects, takes, tracks, clips and markers; a file with more is not a real project and would take
minutes to read.
"""


def read_scene(facts: dict[str, Any], mask_of: MaskOf, warnings: WarningList) -> Scene:
    """Read a scene of the current schema.

    Damaged values are left out, or take their default, each with a warning. References to missing things are
    not checked here but in ``engine.project.repair``.

    Args:
        facts: the parsed scene.json.
        mask_of: loads a mask.
        warnings: receives the warnings.

    Raises:
        UnreadableJson: too much is damaged for the rest to make sense.
        Failed: a mask cannot be read now, though it may be sound.
    """
    reader = _Reader(mask_of, warnings)
    try:
        given = schema.SCENE.read(facts, reader.note("the scene"))
        still = reader.still(facts.get("still"))
        return Scene(
            **given,
            still=still,
            objects=reader.each(
                facts, "objects", "object", lambda entry, note: reader.object(entry, still, note)
            ),
            takes=reader.each(facts, "takes", "take", _take),
            chosen=reader.each(facts, "chosen", "chosen take", lambda entry, _: schema.CHOSEN.read(entry)),
            timeline=reader.timeline(facts.get("timeline", {"rate": Timeline.rate})),
        )
    except InvalidValue as wrong:
        raise UnreadableJson(f"The scene is damaged: {wrong}.") from wrong


class _Reader:
    """Reads the inner values of a scene and describes where each one is, for warnings."""

    def __init__(self, mask_of: MaskOf, warnings: WarningList) -> None:
        self._mask_of = mask_of
        self._warnings = warnings
        self._masks: dict[str, Mask] = {}
        self._pixels = 0
        self._entries = 0

    def each(
        self, facts: dict[str, Any], key: str, what: str, read: DecodedScene[Value], where: str = ""
    ) -> tuple[Value, ...]:
        """Read the valid values of a list, with a warning for each of the others."""
        entries = facts.get(key, [])
        if not isinstance(entries, list):
            words = f"The list of {key}{where} is damaged; it was left out."
            self._warnings.add(words, lacks_sound=key in SOUNDING)
            return ()
        self._entries += len(entries)
        if self._entries > MOST_ENTRIES:
            raise InvalidValue(f"it lists more than {MOST_ENTRIES} things")
        found = []
        for number, entry in enumerate(entries, 1):
            who = f"{what} {number}{_called(entry)}{where}"
            try:
                found.append(read(entry, self.note(who)))
            except (
                InvalidValue,
                BadInput,
            ) as wrong:  # what cannot be read just now is no damage, and opens nothing
                words = str(wrong).rstrip(".")
                sentence = f"{who[0].upper()}{who[1:]} was left out: {words}."
                self._warnings.add(sentence, lacks_sound=key in SOUNDING)
        return tuple(found)

    def still(self, entry: Any) -> StillRecord | None:
        if entry is None:
            return None
        try:
            return StillRecord(**schema.STILL.read(entry, self.note("the still")))
        except InvalidValue as wrong:
            self._warnings.add(f"What the scene says of its still is damaged, so it opens without: {wrong}.")
            return None

    def object(self, entry: Any, still: StillRecord | None, note: AddWarning) -> SoundingObject:
        given = schema.OBJECT.read(entry, note)
        if still is None:
            raise InvalidValue("there is no still that its mask could be of")
        digest = given.pop("mask_digest")
        self._pixels += still.width * still.height
        if self._pixels > MOST_MASK_PIXELS:
            raise InvalidValue("there are more masks than memory is given for")
        if digest not in self._masks:
            self._masks[digest] = self._mask_of(digest, still)
        return SoundingObject(mask=self._masks[digest], **given)

    def timeline(self, entry: Any) -> Timeline:
        try:
            given = schema.TIMELINE.read(entry, self.note("the timeline"))
        except InvalidValue as wrong:
            raise InvalidValue(f"of the timeline, {wrong}") from None
        tracks = self.each(entry, "tracks", "track", self._track)
        markers = self.each(entry, "markers", "marker", _marker)
        return Timeline(**given, tracks=tracks, markers=markers)

    def _track(self, entry: Any, note: AddWarning) -> Track:
        given = schema.TRACK.read(entry, note)
        where = f" of track {quoted(given['name'])}"
        return Track(**given, clips=self.each(entry, "clips", "clip", _clip, where))

    def note(self, who: str) -> AddWarning:
        """Return a function that warns that a key of ``who`` took its default."""
        return lambda words: self._warnings.add(f"{who[0].upper()}{who[1:]}: {words}; it was set anew.")


def _take(entry: Any, note: AddWarning) -> TakeRecord:
    return TakeRecord(**schema.TAKE.read(entry, note))


def _clip(entry: Any, note: AddWarning) -> Clip:
    return Clip(**schema.CLIP.read(entry, note))


def _marker(entry: Any, note: AddWarning) -> Marker:
    return Marker(**schema.MARKER.read(entry, note))


def _called(entry: Any) -> str:
    return f" {quoted(entry['name'])}" if isinstance(entry, dict) and "name" in entry else ""
