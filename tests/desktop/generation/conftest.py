"""The objects panel's fixtures: requests are made from what stands there."""

from tests.desktop.objects.conftest import heard, made

__all__ = ["heard", "made"]
