"""Advanced Authoring Format, ``.aaf`` (AMWA AAF Object Specification 1.1, Edit Protocol).

Written with pyaaf2 directly: OpenTimelineIO's adapter has one pan parameter per track, writes no gain, and
fails on an empty track. The file holds one composition with a sound slot per lane, whose edit rate is the
sample rate, so positions are exact; each media file is a master mob and a file source mob with a locator.
Audio stays outside the file, or is embedded as its essence.
"""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from engine.export.interchange.lanes import named_lanes, one_line, sounding
from engine.export.interchange.model import InterchangeClip, InterchangeTimeline, InterchangeTrack, MediaFile
from engine.files import disk_errors, write_file

_GAIN = UUID("9d2ea894-0968-11d3-8a38-0050040ef7d2")
_PAN = UUID("9d2ea893-0968-11d3-8a38-0050040ef7d2")
_DISSOLVE = UUID("0c3bea41-fc05-11d2-8a29-0050040ef7d2")
_AMPLITUDE = UUID("e4962322-2267-11d3-8a4c-0050040ef7d2")
_PAN_VALUE = UUID("e4962323-2267-11d3-8a4c-0050040ef7d2")
_LEVEL = UUID("e4962320-2267-11d3-8a4c-0050040ef7d2")
_OURS = UUID("5d3c2d1e-9f6b-4d55-8c3a-0f01e75ca9e0")
"""Namespace of our mob ids, which are the same whenever the same timeline is written."""

_STEPS = 1_000_000
"""Gains and pans are fractions of two 32-bit numbers; millionths are exact to a hundred-thousandth of a dB."""
_MOST_FACTOR = 2000.0


def write(interchange: InterchangeTimeline, path: Path, sounds: Path | None = None) -> None:
    """Write the composition, complete or not at all.

    Args:
        interchange: the timeline.
        path: the file.
        sounds: folder in which the media files are now, to hold their sound in the file itself; None leaves it
            outside.

    Raises:
        BadInput: the path can never be written.
        Failed: it cannot be written now.
    """
    write_file(path, aaf_bytes(interchange, sounds))


def aaf_bytes(interchange: InterchangeTimeline, sounds: Path | None = None) -> bytes:
    """Return the content of the file. pyaaf2 can only write to disk, so a temporary folder is used."""
    import aaf2

    with disk_errors(Path(tempfile.gettempdir())), tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "composition.aaf"
        with aaf2.open(os.fspath(place), "w") as file:
            _AafBuilder(file, interchange, sounds).compose()
        return place.read_bytes()


@dataclass
class _AafBuilder:
    """Builds one composition."""

    file: Any
    interchange: InterchangeTimeline
    sounds: Path | None = None
    sources: dict[MediaFile, Any] = field(default_factory=dict)

    def compose(self) -> None:
        self._define()
        mob = self.file.create.CompositionMob(one_line(self.interchange.name))
        mob.mob_id = self._mob_id("composition")
        mob.usage = "Usage_TopLevel"
        self.file.content.mobs.append(mob)
        self._timecode(mob)
        heard = sounding(self.interchange)
        for number, (name, track, clips) in enumerate(named_lanes(self.interchange, crossing=True), 1):
            self._slot(mob, number, name, track, clips, heard=track.id in heard)
        self._markers(mob)

    def _timecode(self, mob: Any) -> None:
        rate = self.interchange.frame_rate
        slot = mob.create_timeline_slot(edit_rate=f"{rate.numerator}/{rate.denominator}")
        slot.name = "TC"
        slot["PhysicalTrackNumber"].value = 1
        timecode = self.file.create.Timecode(rate.nominal, rate.drop)
        timecode.start = self.interchange.start_frame
        timecode.length = max(
            self.interchange.frame(self.interchange.length) - self.interchange.start_frame, 1
        )
        slot.segment = timecode

    def _slot(
        self,
        mob: Any,
        number: int,
        name: str,
        track: InterchangeTrack,
        clips: Sequence[InterchangeClip],
        *,
        heard: bool,
    ) -> None:
        slot = mob.create_timeline_slot(edit_rate=self.interchange.rate)
        slot.name = name
        slot["PhysicalTrackNumber"].value = number
        sequence = self._sequence(track, clips, heard=heard)
        pan = self._operation("pan", sequence.length)
        pan.parameters.append(self._constant("Pan", (_lane_pan(track, clips) + 1.0) / 2.0))
        pan.segments.append(sequence)
        slot.segment = pan

    def _sequence(self, track: InterchangeTrack, clips: Sequence[InterchangeClip], *, heard: bool) -> Any:
        """Return fillers, clips and transitions; transitions are fades and crossfades, and overlap both neighbours."""
        sequence = self.file.create.Sequence(media_kind="sound")
        components: list[Any] = []
        at, tail = 0, 0
        for clip in clips:
            # Where two clips cross, the fade after the first is the one before the second.
            head = 0 if clip.start < at else clip.fade_in.samples
            gap = 0 if clip.start < at else clip.start - at + tail + head
            if gap:
                components.append(self.file.create.Filler("sound", gap))
            if head:
                components.append(self._fade(head))
            gain = clip.gain_db + track.gain_db + self.interchange.master_gain_db
            components.append(self._clip(clip, gain, silent=clip.muted or not heard))
            at, tail = clip.end, clip.fade_out.samples
            if tail:
                components.append(self._fade(tail))
        if tail or not components:
            components.append(self.file.create.Filler("sound", tail))
        sequence.components.extend(components)
        sequence.length = at
        return sequence

    def _clip(self, clip: InterchangeClip, gain_db: float, *, silent: bool) -> Any:
        source = self._source(clip.media).create_source_clip(
            slot_id=1, start=clip.offset, length=clip.length, media_kind="sound"
        )
        factor = 0.0 if silent else min(10.0 ** (gain_db / 20.0), _MOST_FACTOR)
        group = self._operation("gain", clip.length)
        group.parameters.append(self._constant("Amplitude", factor))
        group.segments.append(source)
        return group

    def _fade(self, length: int) -> Any:
        """Return a linear fade, the format's only curve; the shape is left to the reading program."""
        fade = self.file.create.Transition("sound", length)
        group = self._operation("dissolve", length)
        level = self.file.create.VaryingValue()
        level.parameterdef = self.file.dictionary.lookup_parameterdef("Level")
        level["Interpolation"].value = self.file.dictionary.lookup_interperlationdef("LinearInterp")
        for time, value in ((0, 0), (1, 1)):
            point = self.file.create.ControlPoint()
            point["EditHint"].value = "Proportional"
            point.time, point.value = time, value
            level["PointList"].append(point)
        group.parameters.append(level)
        fade["OperationGroup"].value = group
        fade["CutPoint"].value = length // 2
        return fade

    def _markers(self, mob: Any) -> None:
        """Add the markers as comments on an event slot (Edit Protocol, "DescriptiveMarker")."""
        if not self.interchange.markers:
            return
        slot = self.file.create.EventMobSlot()
        slot["EditRate"].value = self.interchange.rate
        slot["SlotID"].value = len(mob.slots) + 1
        slot.name = "Markers"
        slot["PhysicalTrackNumber"].value = 1
        # The first lane, which follows the timecode, or the timecode if there is no lane.
        described = 2 if self.interchange.tracks else 1
        sequence = self.file.create.Sequence(media_kind="DescriptiveMetadata")
        events = []
        for number, marker in enumerate(self.interchange.markers, 1):
            event = self.file.create.DescriptiveMarker()
            event["Position"].value = marker.at
            event["Length"].value = 1
            event["Comment"].value = one_line(marker.name, f"Marker {number}")
            event["DescribedSlots"].value = [described]
            event.media_kind = "DescriptiveMetadata"
            events.append(event)
        sequence.components.extend(events)
        slot.segment = sequence
        mob.slots.append(slot)

    def _source(self, media: MediaFile) -> Any:
        """Return the master mob of a media file, created on first use."""
        if media not in self.sources:
            self.sources[media] = self._master(media)
        return self.sources[media]

    def _master(self, media: MediaFile) -> Any:
        name = media.path.name
        file_mob = self.file.create.SourceMob(name)
        file_mob.mob_id = self._mob_id(f"file:{name}")
        self.file.content.mobs.append(file_mob)
        file_slot = self._linked(file_mob, media) if self.sounds is None else self._embedded(file_mob, media)
        master = self.file.create.MasterMob(media.path.stem)
        master.mob_id = self._mob_id(f"master:{name}")
        slot = master.create_timeline_slot(edit_rate=media.rate)
        slot.segment = file_mob.create_source_clip(
            slot_id=file_slot.slot_id, length=media.samples, media_kind="sound"
        )
        self.file.content.mobs.append(master)
        return master

    def _linked(self, file_mob: Any, media: MediaFile) -> Any:
        """Return the slot of a sound that stays in its file."""
        file_mob.descriptor = self._descriptor(media)
        slot = file_mob.create_timeline_slot(edit_rate=media.rate)
        # The end of the chain: the sound comes from the file itself.
        slot.segment = self.file.create.SourceClip(length=media.samples, media_kind="sound")
        return slot

    def _embedded(self, file_mob: Any, media: MediaFile) -> Any:
        """Return the slot of a sound whose samples are copied into the AAF."""
        assert self.sounds is not None
        return file_mob.import_audio_essence(os.fspath(self.sounds / media.path.name), edit_rate=media.rate)

    def _descriptor(self, media: MediaFile) -> Any:
        descriptor = self.file.create.PCMDescriptor()
        block = media.channels * media.bits // 8
        descriptor["SampleRate"].value = media.rate
        descriptor["AudioSamplingRate"].value = media.rate
        descriptor["Channels"].value = media.channels
        descriptor["QuantizationBits"].value = media.bits
        descriptor["BlockAlign"].value = block
        descriptor["AverageBPS"].value = block * media.rate
        descriptor["Length"].value = media.samples
        descriptor["ContainerFormat"].value = self.file.dictionary.lookup_containerdef("AAF")
        locator = self.file.create.NetworkLocator()
        # The format requires an absolute URL; programs that do not find it look for the name beside the file.
        locator["URLString"].value = media.path.as_uri()
        descriptor["Locator"].append(locator)
        return descriptor

    def _define(self) -> None:
        """Define operations and parameters, which a file must do before using them."""
        import aaf2.misc

        create, dictionary = self.file.create, self.file.dictionary
        number = dictionary.lookup_typedef("Rational")
        for identity, name in ((_AMPLITUDE, "Amplitude"), (_PAN_VALUE, "Pan"), (_LEVEL, "Level")):
            dictionary.register_def(create.ParameterDef(str(identity), name, "", number))
        linear = create.InterpolationDef(aaf2.misc.LinearInterp, "LinearInterp", "Linear interpolation")
        dictionary.register_def(linear)
        for identity, name, inputs, parameter in (
            (_GAIN, "Mono Audio Gain", 1, "Amplitude"),
            (_PAN, "Mono Audio Pan", 1, "Pan"),
            (_DISSOLVE, "Mono Audio Dissolve", 2, "Level"),
        ):
            definition = create.OperationDef(str(identity), name, "")
            definition.media_kind = "sound"
            definition["NumberInputs"].value = inputs
            definition["IsTimeWarp"].value = False
            definition["Bypass"].value = 0
            definition["OperationCategory"].value = "OperationCategory_Effect"
            definition["ParametersDefined"].append(dictionary.lookup_parameterdef(parameter))
            dictionary.register_def(definition)

    def _operation(self, kind: str, length: int) -> Any:
        name = {"gain": "Mono Audio Gain", "pan": "Mono Audio Pan", "dissolve": "Mono Audio Dissolve"}[kind]
        group = self.file.create.OperationGroup(self.file.dictionary.lookup_operationdef(name), length)
        group.media_kind = "sound"
        return group

    def _constant(self, name: str, value: float) -> Any:
        made = self.file.create.ConstantValue()
        made.parameterdef = self.file.dictionary.lookup_parameterdef(name)
        made.value = Fraction(round(value * _STEPS), _STEPS)
        return made

    def _mob_id(self, what: str) -> Any:
        from aaf2.mobid import MobID

        made = MobID.new()
        words = f"{self.interchange.folder}:{what}".encode("utf-8", "replace").decode()
        made.material = uuid5(_OURS, words)
        return made


def _lane_pan(track: InterchangeTrack, clips: Sequence[InterchangeClip]) -> float:
    """Return the pan of a lane, -1 to 1. The format pans whole lanes, so clip pans count only if all agree."""
    common = {clip.pan for clip in clips}
    return max(-1.0, min(1.0, track.pan + (common.pop() if len(common) == 1 else 0.0)))
