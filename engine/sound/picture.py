"""The old home of ``spectrogram_image``, until the window imports the new one."""

from engine.sound.spectrogram_image import HEAT

__all__ = ["HEAT"]
