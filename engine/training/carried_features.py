"""EfficientNet-Lite0's weights in a small file, for a machine on which the data package cannot be installed.

``python -m engine.training.carried_features FILE`` writes it: convolutions in half precision, and the
classifier, most of whose numbers distinguish breeds of dogs, in 8 bits per number.
"""

import sys
from pathlib import Path

import torch

from engine.vision.efficientnet import EfficientNetLite, load_efficientnet

ROW = "classifier.weight"


def save_features(path: Path) -> None:
    """Write the weights."""
    from safetensors.torch import save_file

    values = {name: value.contiguous() for name, value in load_efficientnet().state_dict().items()}
    rows = values.pop(ROW)
    scale = rows.abs().amax(1, keepdim=True) / 127
    kept = {name: value.half() for name, value in values.items()}
    kept[ROW] = torch.round(rows / scale).to(torch.int8)
    kept["classifier.scale"] = scale
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(kept, path)


def load_features(path: Path) -> EfficientNetLite:
    """Return the network with weights from ``save_features``, frozen."""
    from safetensors.torch import load_file

    values = {name: value.float() for name, value in load_file(path).items()}
    values[ROW] = values[ROW] * values.pop("classifier.scale")
    with torch.device("meta"):
        network = EfficientNetLite()
    network.load_state_dict(values, assign=True)
    return network.requires_grad_(False).eval()


if __name__ == "__main__":
    save_features(Path(sys.argv[1]))
