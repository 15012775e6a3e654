"""A second generator, as another package would bring it: takes are sines, and no still is needed."""

from dataclasses import dataclass

import numpy as np

from engine.generation.generator import Capabilities, GeneratorInfo, check_request, finished_take
from engine.generation.requests import GenerationRequest, Settings, take_seed
from engine.generation.settings import GeneratorSettings
from engine.progress import Progress, no_progress
from engine.project.codec import Codec, number
from engine.scene.takes import Take
from engine.vision.still import Still

RATE = 22_050


@dataclass(frozen=True)
class SineSettings(GeneratorSettings):
    """Attributes:
    lowest_hz: the pitch of the lowest sine; seeds draw the octave above it.
    """

    lowest_hz: float = 220.0

    @classmethod
    def codec(cls) -> Codec:
        return Codec(cls, {"lowest_hz": number(20.0, 5000.0)})


def chosen(_: Settings) -> SineSettings:
    return SineSettings()


class SineGenerator:
    """Makes sines of objects, or of words alone."""

    def __init__(self) -> None:
        can = Capabilities(
            options=frozenset({"objects", "prompt"}), rate=RATE, most_seconds=8.0, licence="CC0-1.0"
        )
        self.info = GeneratorInfo("sine", "Sines", "sine-1", can, SineSettings, chosen)

    def generate(
        self, request: GenerationRequest, still: Still | None = None, progress: Progress | None = None
    ) -> tuple[Take, ...]:
        check_request(self.info, request, still)
        progress = progress or no_progress()
        settings = request.settings
        assert isinstance(settings, SineSettings)
        wanted = [(target, take) for target in request.targets for take in request.takes]
        times = np.arange(round(request.duration * RATE)) / RATE
        takes = []
        for done, (target, take) in enumerate(wanted):
            progress.report(done / len(wanted), "Sounding")
            draw = np.random.default_rng(take_seed(request.seed, target.seed_number, take))
            sine = np.sin(2 * np.pi * settings.lowest_hz * 2 ** draw.uniform() * times)
            takes.append(finished_take(request, target, take, sine[None].astype(np.float32), RATE))
        return tuple(takes)
