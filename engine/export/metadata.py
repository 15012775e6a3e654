"""Metadata of exported files: their ``bext``, ``iXML``, ``INFO`` and ``cue`` chunks."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from engine.export.aswg import Described, generated_words
from engine.export.bext import Bext, coding_history
from engine.export.file_names import category_of_track
from engine.export.ixml import FileSet, Ixml
from engine.export.licences import TakeUsed, takes_used
from engine.export.plan import ExportPlan, PlannedSound
from engine.export.ucs import MIX, UcsBlocks, load_cat_ids
from engine.scene.scene import Scene
from engine.scene.timeline import Track
from engine.sound.layout import SURROUND_5_1, layout_named

ORIGINATOR = "Foleyscape"
CHANNEL_FUNCTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "mono": ("MIX",),
        "stereo": ("LEFT", "RIGHT"),
        "5.1": tuple(f"{name}-5.1" for name in SURROUND_5_1.names),
    }
)
"""Functions of channels by layout, as iXML's dictionary has them. Its 7.1 has other loudspeakers: none is stated."""


@dataclass(frozen=True)
class MetadataBuilder:
    """Builds the metadata of the files of one export.

    Attributes:
        scene: the exported scene.
        plan: what is exported.
        made: date and time of the export.
        licences: licences of models by id.
    """

    scene: Scene
    plan: ExportPlan
    made: datetime
    licences: Mapping[str, str]

    def bext(self, sound: PlannedSound, *, limited: bool) -> Bext:
        """Return the ``bext`` chunk of a WAVE file, without loudness."""
        form = self.plan.form
        how = "float" if form.bits == 32 else "TPDF dither"
        words = [ORIGINATOR, how, self.plan.preset.title, *(["true-peak limiter"] if limited else [])]
        return Bext(
            description=self.description(sound),
            originator=ORIGINATOR,
            reference=self._uid(sound.path),
            made=self.made,
            time_reference=self.plan.time_reference,
            history=coding_history(form.rate, form.bits, form.channels, "; ".join(words)),
        )

    def ixml(self, sound: PlannedSound) -> Ixml:
        """Return the iXML chunk of a WAVE file."""
        takes, form, sounds = self.takes(sound), self.plan.form, self.plan.sounds
        return Ixml(
            project=self.scene.name,
            scene=self.scene.still.name if self.scene.still else self.scene.name,
            take=str(takes[0].number if len(takes) == 1 else 1),
            uid=self._uid(sound.path),
            frame_rate=self.plan.frame_rate,
            rate=form.rate,
            bits=form.bits,
            time_reference=self.plan.time_reference,
            channels=self._channels(sound),
            takes=takes,
            files=FileSet(self._uid(""), self.scene.name, len(sounds), sounds.index(sound) + 1),
            circled=len(takes) == 1 and takes[0].starred,
            described=self._described(sound),
        )

    def info(self, sound: PlannedSound) -> dict[str, str]:
        """Return the values of the INFO list of a WAVE file, by their identifiers."""
        takes = self.takes(sound)
        blocks = self.plan.ucs
        return {
            "INAM": sound.title,
            "IPRD": self.plan.library or self.scene.name,
            "IART": blocks.creator_id if blocks else "",
            "ICMT": generated_words(takes),
            "ICRD": self.made.strftime("%Y-%m-%d"),
            "ISFT": ORIGINATOR,
            "IGNR": self._described(sound).category[0].title(),
            "IKEY": "; ".join(dict.fromkeys(take.name for take in takes)),
            "ICOP": ", ".join(dict.fromkeys(take.licence for take in takes)),
        }

    def cues(self) -> list[tuple[int, str]]:
        """Return the markers within the files: samples from the beginning, and names."""
        timeline, plan = self.scene.timeline, self.plan
        places = ((m.at - plan.first) * plan.form.rate // timeline.rate + plan.lead for m in timeline.markers)
        named = zip(places, (marker.name for marker in timeline.markers), strict=True)
        return [(at, name) for at, name in named if 0 <= at < plan.samples]

    def _described(self, sound: PlannedSound) -> Described:
        track = None if sound.track is None else self.scene.track(sound.track)
        blocks = self.plan.ucs or UcsBlocks("", "")
        cat_id = MIX if track is None else category_of_track(self.scene, track, blocks)
        return Described(
            project=self.scene.name,
            title=sound.title,
            cat_id=cat_id,
            category=load_cat_ids().get(cat_id, ("", "")),
            blocks=self.plan.ucs,
            library=self.plan.library,
            takes=self.takes(sound),
            channels=self.plan.form.channels,
            is_mix=sound.kind == "mix",
            date=self.made.strftime("%Y-%m-%d"),
        )

    def _channels(self, sound: PlannedSound) -> tuple[tuple[str, str], ...]:
        """Return name and function of each channel."""
        layout = layout_named(self.scene.timeline.layout)
        functions = CHANNEL_FUNCTIONS.get(layout.id, ("",) * len(layout))
        names = [f"{sound.title} {name}" if len(layout) > 1 else sound.title for name in layout.names]
        return tuple(zip(names, functions, strict=True))

    def description(self, sound: PlannedSound) -> str:
        """Describe the content of a file, the most important part first, since readers may cut it off."""
        takes = self.takes(sound)
        made_of = ", ".join(f"{take.name} take {take.number}" for take in takes) or "silence"
        licences = ", ".join(dict.fromkeys(take.licence for take in takes))
        return f"{sound.title} - {self.scene.name}: {made_of}" + (f" ({licences})" if licences else "")

    def takes(self, sound: PlannedSound) -> tuple[TakeUsed, ...]:
        """Return the takes that sound in a file."""
        return takes_used(self.scene, self._tracks(sound), self.licences)

    def _tracks(self, sound: PlannedSound) -> list[Track]:
        if sound.kind in {"alternate", "clip", "take"}:
            return [track for track in self.scene.timeline.tracks if track.id == sound.track]
        audible = self.scene.timeline.audible()
        return [track for track in audible if sound.track in {None, track.id}]

    def _uid(self, path: str) -> str:
        """Return 32 characters unique to a file of this export, or to the export itself for an empty path."""
        facts = (self.scene.name, self.made.isoformat(), repr(self.plan.form), self.plan.time_reference, path)
        return hashlib.sha256(repr(facts).encode("utf-8", "replace")).hexdigest()[:32].upper()
