"""Loudness presets for export."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.scene.timeline import LoudnessPreset


@dataclass(frozen=True)
class Preset:
    """A loudness target and a true-peak ceiling.

    Attributes:
        name: identifier.
        title: name for display.
        target_lufs: integrated loudness of the mix (ITU-R BS.1770); None keeps the level of the mix.
        tolerance_lu: allowed deviation of a delivery.
        ceiling_dbtp: highest true peak of the mix, and of each stem.
    """

    name: LoudnessPreset
    title: str
    target_lufs: float | None
    tolerance_lu: float
    ceiling_dbtp: float


PRESETS: Mapping[LoudnessPreset, Preset] = MappingProxyType(
    {
        "r128": Preset("r128", "EBU R 128", -23.0, 0.5, -1.0),
        "netflix": Preset("netflix", "Netflix", -27.0, 2.0, -2.0),
        "film": Preset("film", "Film", None, 0.0, -1.0),
        "none": Preset("none", "As mixed", None, 0.0, -0.1),
    }
)
"""All presets by name.

``r128``: EBU R 128 (-23.0 LUFS +-0.5 for live programmes, at most -1 dBTP; short-term loudness and range are
free). ``netflix``: -27 LKFS +-2 and -2 dBTP. Netflix gates by dialogue, which cannot be detected here, so the
loudness is that of the whole gated programme, which their specification falls back to when there is hardly
any dialogue, as in Foley. ``film``: cinemas play at a calibrated level (SMPTE RP 200), so a film mix has no
loudness target and keeps its level; only true peaks are limited to -1 dBTP, which leaves headroom for
converters and lossy encoders. ``none``: the mix as it is, only kept from clipping, at -0.1 dBTP.
"""
