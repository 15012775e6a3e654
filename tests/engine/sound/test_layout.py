"""Channel layouts as the standards have them, and what they are good for."""

import numpy as np
import pytest

from engine.errors import BadInput
from engine.scene.timeline import LAYOUT_IDS
from engine.sound.layout import (
    AMBISONICS_1,
    LAYOUTS,
    MONO,
    STEREO,
    SURROUND_5_0,
    SURROUND_5_1,
    SURROUND_7_1,
    ChannelLayout,
    fold_to_stereo,
    layout_named,
    layout_of,
    usual_mask,
)
from engine.sound.panning import balance_of, source_gains

LOUDSPEAKERS = [layout for layout in LAYOUTS.values() if not layout.ambisonic_order]


def test_a_surround_file_has_its_channels_in_the_order_of_the_standard() -> None:
    assert SURROUND_5_1.names == ("L", "R", "C", "LFE", "Ls", "Rs")
    assert [c.azimuth_deg for c in SURROUND_5_1.channels if not c.lfe] == [30.0, -30.0, 0.0, 110.0, -110.0]


def test_channel_masks_are_those_of_wave_files() -> None:
    masks = {layout.id: layout.wave_mask for layout in LOUDSPEAKERS}
    assert masks == {"mono": 0x4, "stereo": 0x3, "5.0": 0x37, "5.1": 0x3F, "7.1": 0x63F}
    assert AMBISONICS_1.wave_mask == 0
    assert [usual_mask(channels) for channels in (1, 2, 3, 6, 8)] == [0x4, 0x3, 0, 0x3F, 0x63F]


@pytest.mark.parametrize("layout", LOUDSPEAKERS, ids=lambda layout: layout.id)
def test_channels_stand_in_the_order_of_their_bits_in_the_mask(layout: ChannelLayout) -> None:
    bits = [channel.speaker_bit for channel in layout.channels]
    assert bits == sorted(set(bits))


def test_loudness_weights_are_those_of_bs1770() -> None:
    """Table 3 for 5.1, and annex 3's rule for what stands at the side or behind."""
    assert SURROUND_5_1.loudness_weights.tolist() == [1.0, 1.0, 1.0, 0.0, 1.41, 1.41]
    assert SURROUND_5_0.loudness_weights.tolist() == [1.0, 1.0, 1.0, 1.41, 1.41]
    assert SURROUND_7_1.loudness_weights.tolist() == [1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.41, 1.41]
    assert STEREO.has_loudness and MONO.has_loudness and not AMBISONICS_1.has_loudness


@pytest.mark.parametrize("order", [1, 2, 3])
def test_ambisonics_have_a_channel_for_each_harmonic(order: int) -> None:
    layout = LAYOUTS[f"ambisonics_{order}"]
    assert len(layout) == (order + 1) ** 2
    assert layout.names[:2] == ("ACN0", "ACN1")


def test_every_layout_of_a_timeline_is_known_and_has_loudspeakers() -> None:
    assert all(not layout_named(name).ambisonic_order for name in LAYOUT_IDS)


def test_what_is_no_layout_is_refused_in_words() -> None:
    with pytest.raises(BadInput, match=r"no channel layout '4\.0'; there are mono, stereo"):
        layout_named("4.0")
    with pytest.raises(BadInput, match="1, 2, 5, 6, 8 channels, not 3"):
        layout_of(3)


@pytest.mark.parametrize("pan", [-1.0, -0.3, 0.0, 0.8, 1.0])
def test_one_channel_keeps_its_power_in_every_layout(pan: float) -> None:
    for layout in LOUDSPEAKERS:
        gains = source_gains(1, pan, layout)
        assert gains.shape == (len(layout), 1)
        assert float((gains**2).sum()) == pytest.approx(1.0)


@pytest.mark.parametrize("layout", LOUDSPEAKERS, ids=lambda layout: layout.id)
def test_a_take_of_the_layout_s_own_channels_goes_to_them(layout: ChannelLayout) -> None:
    channels = len(layout)
    assert np.array_equal(source_gains(channels, 0.0, layout), np.eye(channels))


def test_two_channels_go_to_left_and_right_and_are_averaged_in_mono() -> None:
    gains = source_gains(2, 0.0, SURROUND_5_1)
    assert np.argwhere(gains).tolist() == [[0, 0], [1, 1]] and gains.sum() == 2.0
    assert source_gains(2, 0.0, MONO).tolist() == [[0.5, 0.5]]


def test_a_balance_turns_down_all_channels_of_a_side_and_none_in_the_middle() -> None:
    assert balance_of(SURROUND_5_1, 1.0).tolist() == [0.0, 1.0, 1.0, 1.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("channels", "layout"), [(3, STEREO), (6, MONO), (4, SURROUND_5_1), (1, AMBISONICS_1)]
)
def test_what_cannot_be_mixed_is_refused_in_words(channels: int, layout: ChannelLayout) -> None:
    with pytest.raises(BadInput, match=f"cannot be mixed to {layout.title}"):
        source_gains(channels, 0.0, layout)


def test_surround_is_folded_to_stereo_as_bs775_says() -> None:
    half = pytest.approx(0.5**0.5)
    left, right = fold_to_stereo(SURROUND_5_1).tolist()
    assert left == [1.0, 0.0, half, 0.0, half, 0.0]
    assert right == [0.0, 1.0, half, 0.0, 0.0, half]
    assert np.array_equal(fold_to_stereo(STEREO), np.eye(2))
