"""Channel layouts: which channels a sound has, in which order, and where their loudspeakers stand.

Positions follow ITU-R BS.775-4 and BS.2051-3: azimuth in degrees, 0 in front and positive to the left; elevation
positive upwards. Channels stand in the order in which a WAVE file has them (Microsoft's WAVEFORMATEXTENSIBLE).
"""

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput

SURROUND_WEIGHT = 1.41
"""Factor on the energy of a channel at the side (ITU-R BS.1770-4, annex 3, table 4): +1.5 dB."""


@dataclass(frozen=True)
class Channel:
    """One channel of a layout.

    Attributes:
        name: short label, such as ``L`` or ``LFE``.
        azimuth_deg: -180 to 180, positive to the left; None where no loudspeaker has this channel to itself.
        elevation_deg: -90 to 90, positive upwards; None likewise.
        speaker_bit: its bit in the channel mask of a WAVE file; 0 if there is none.
        lfe: whether it carries low-frequency effects only.
    """

    name: str
    azimuth_deg: float | None = None
    elevation_deg: float | None = None
    speaker_bit: int = 0
    lfe: bool = False

    @property
    def loudness_weight(self) -> float:
        """Factor on its energy in the loudness (ITU-R BS.1770-4, annex 3): 0 if it does not count."""
        if self.lfe or self.azimuth_deg is None or self.elevation_deg is None:
            return 0.0
        beside = 60.0 <= abs(self.azimuth_deg) <= 120.0 and abs(self.elevation_deg) < 30.0
        return SURROUND_WEIGHT if beside else 1.0


@dataclass(frozen=True)
class ChannelLayout:
    """The channels of a sound in order.

    Attributes:
        id: name in files and settings.
        title: name for display.
        channels: in the order of waveforms and files.
        ambisonic_order: 1 to 3 for ambisonics, whose channels are spherical harmonics (AmbiX: ACN order, SN3D);
            0 for loudspeakers.
    """

    id: str
    title: str
    channels: tuple[Channel, ...]
    ambisonic_order: int = 0

    def __len__(self) -> int:
        return len(self.channels)

    @property
    def names(self) -> tuple[str, ...]:
        """The labels of the channels."""
        return tuple(channel.name for channel in self.channels)

    @property
    def wave_mask(self) -> int:
        """The channel mask of a WAVE file (``dwChannelMask``); 0 says that channels belong to no loudspeakers."""
        return sum(channel.speaker_bit for channel in self.channels)

    @cached_property
    def loudness_weights(self) -> NDArray[np.float64]:
        """Factors on the channels' energies in the loudness, (channels,). All 0 where BS.1770 defines none."""
        return np.array([channel.loudness_weight for channel in self.channels])

    @property
    def has_loudness(self) -> bool:
        """Whether ITU-R BS.1770 defines a loudness for it: ambisonics must be decoded first."""
        return bool(self.loudness_weights.any())

    @property
    def stereo_pair(self) -> tuple[int, int] | None:
        """Places of the left and the right front channel; None without them."""
        names = self.names
        return (names.index("L"), names.index("R")) if "L" in names and "R" in names else None


def _ambisonics(order: int, title: str) -> ChannelLayout:
    """Return ambisonics of an order: (order + 1)^2 channels, numbered by ACN."""
    channels = tuple(Channel(f"ACN{number}") for number in range((order + 1) ** 2))
    return ChannelLayout(f"ambisonics_{order}", title, channels, order)


_L, _R = Channel("L", 30.0, 0.0, 0x1), Channel("R", -30.0, 0.0, 0x2)
_C, _LFE = Channel("C", 0.0, 0.0, 0x4), Channel("LFE", 45.0, -30.0, 0x8, lfe=True)
_LS, _RS = Channel("Ls", 110.0, 0.0, 0x10), Channel("Rs", -110.0, 0.0, 0x20)
_REAR = (Channel("Lrs", 135.0, 0.0, 0x10), Channel("Rrs", -135.0, 0.0, 0x20))
_SIDE = (Channel("Lss", 90.0, 0.0, 0x200), Channel("Rss", -90.0, 0.0, 0x400))

MONO = ChannelLayout("mono", "Mono", (_C,))
STEREO = ChannelLayout("stereo", "Stereo", (_L, _R))
SURROUND_5_0 = ChannelLayout("5.0", "5.0 surround", (_L, _R, _C, _LS, _RS))
SURROUND_5_1 = ChannelLayout("5.1", "5.1 surround", (_L, _R, _C, _LFE, _LS, _RS))
SURROUND_7_1 = ChannelLayout("7.1", "7.1 surround", (_L, _R, _C, _LFE, *_REAR, *_SIDE))
"""The pair at the back stands before the pair at the side, as the bits of the mask do."""
AMBISONICS_1 = _ambisonics(1, "Ambisonics, first order")
AMBISONICS_2 = _ambisonics(2, "Ambisonics, second order")
AMBISONICS_3 = _ambisonics(3, "Ambisonics, third order")

LAYOUTS = MappingProxyType(
    {
        layout.id: layout
        for layout in (
            MONO,
            STEREO,
            SURROUND_5_0,
            SURROUND_5_1,
            SURROUND_7_1,
            AMBISONICS_1,
            AMBISONICS_2,
            AMBISONICS_3,
        )
    }
)
"""Every layout by its id."""

_BY_CHANNELS = {len(layout): layout for layout in (MONO, STEREO, SURROUND_5_0, SURROUND_5_1, SURROUND_7_1)}


def fold_to_stereo(layout: ChannelLayout) -> NDArray[np.float64]:
    """Return the gains that make stereo of a layout, (2, channels), by ITU-R BS.775-4: -3 dB for centre and sides.

    Low-frequency effects are left out. The pair of left and right keeps its level, so that the sum may clip.

    Raises:
        BadInput: it has no loudspeakers.
    """
    if layout.ambisonic_order:
        raise BadInput(f"{layout.title} must be decoded before it can be heard.")
    gains = np.zeros((2, len(layout)))
    for place, channel in enumerate(layout.channels):
        azimuth = channel.azimuth_deg or 0.0
        level = 1.0 if channel.name in {"L", "R"} else 0.0 if channel.lfe else np.sqrt(0.5)
        gains[:, place] = level * (azimuth >= 0.0), level * (azimuth <= 0.0)
    return gains


def layout_named(name: str) -> ChannelLayout:
    """Return the layout with this id.

    Raises:
        BadInput: there is none.
    """
    if name not in LAYOUTS:
        raise BadInput(f"There is no channel layout {name!r}; there are {', '.join(LAYOUTS)}.")
    return LAYOUTS[name]


def usual_mask(channels: int) -> int:
    """Return the channel mask of a WAVE file with this many channels that does not say more; 0 if none is usual."""
    return _BY_CHANNELS[channels].wave_mask if channels in _BY_CHANNELS else 0


def layout_of(channels: int) -> ChannelLayout:
    """Return the loudspeaker layout that a file of this many channels has if it does not say more.

    Raises:
        BadInput: none has this many.
    """
    if channels not in _BY_CHANNELS:
        known = ", ".join(str(number) for number in _BY_CHANNELS)
        raise BadInput(f"Sounds have {known} channels, not {channels}.")
    return _BY_CHANNELS[channels]
