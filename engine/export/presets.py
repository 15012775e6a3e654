"""What a mix is brought to on its way out."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.scene.timeline import LoudnessPreset


@dataclass(frozen=True)
class Preset:
    """A loudness target and a ceiling.

    Attributes:
        name: as people choose it. title: as people read it.
        target_lufs: integrated loudness of the mix (ITU-R BS.1770); None leaves it as it was mixed.
        tolerance_lu: how far off a delivery may be.
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
"""Every preset by name.

``r128``: EBU R 128 (-23.0 LUFS +-0.5 where live, at most -1 dBTP; short-term and range are free).
``netflix``: -27 LKFS +-2 and -2 dBTP. Netflix gates by dialogue; telling dialogue from other sound is not
available here, so the loudness is the gated one of the whole programme, which is what their specification
falls back to where there is hardly any dialogue, as in effects and Foley.
``film``: cinemas play at a calibrated level (SMPTE RP 200), so a film mix has no loudness target and is left
as it was mixed; only true peaks are kept at -1 dBTP, which leaves converters and lossy encoders room.
``none``: as mixed, only kept from clipping, at -0.1 dBTP.
"""
