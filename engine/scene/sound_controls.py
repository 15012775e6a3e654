"""Controls of a sound beside words and picture: its course over time, whether it loops, and physical parameters.

Times are seconds from the start of a take. Levels are dB relative to the loudest moment, joined by straight
lines; before the first and after the last point the level stays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from engine.scene import limits
from engine.scene.limits import MOST_SECONDS, UnknownFields, format_value, real

LEAST_LEVEL_DB = -60.0
MOST_POINTS = 3_000
"""Points of a curve: one in 10 ms of the longest take."""
MOST_HITS = 1_000
MOST_PARAMETERS = 64
MOST_PARAMETER = 1e6
Point = tuple[float, float]
"""Seconds and dB, or seconds and a value."""


@dataclass(frozen=True)
class SoundControls:
    """Controls of the takes of an object.

    Attributes:
        levels: loudness over time, (seconds, dB) with rising seconds and -60 to 0 dB; empty leaves it free.
        hits: onsets in rising seconds; None leaves them free, empty asks for none.
        loop: whether the end of a take continues into its start.
        parameters: physical parameters by name, of generators that have them, sorted by name.
        unknown_fields: keys that a newer program wrote.
    """

    levels: tuple[Point, ...] = ()
    hits: tuple[float, ...] | None = None
    loop: bool = False
    parameters: tuple[tuple[str, float], ...] = ()
    unknown_fields: UnknownFields = field(default=(), repr=False)

    @property
    def follows_curve(self) -> bool:
        """Whether loudness or onsets are given."""
        return bool(self.levels) or self.hits is not None

    def with_parameter(self, name: str, value: float | None) -> "SoundControls":
        """Return the controls with another value of a parameter; None removes it."""
        others = [pair for pair in self.parameters if pair[0] != name]
        return replace(self, parameters=tuple(sorted(others if value is None else [*others, (name, value)])))

    def without_curve(self) -> "SoundControls":
        """Return the controls with free loudness and onsets."""
        return replace(self, levels=(), hits=None)


FREE = SoundControls()
"""Controls that leave everything to the generator."""


def control_problems(who: str, controls: SoundControls) -> Iterator[str]:
    """Yield the problems of controls, one sentence each, beginning with ``who``."""
    if len(controls.levels) > MOST_POINTS or len(controls.hits or ()) > MOST_HITS:
        yield f"{who} has a curve with too many points: at most {MOST_POINTS}, and {MOST_HITS} hit-points."
        return
    yield from _time_problems(who, [second for second, _ in controls.levels], "points of its curve")
    yield from _time_problems(who, controls.hits or (), "hit-points")
    for _, level in controls.levels:
        if not real(level, LEAST_LEVEL_DB, 0.0):
            yield f"{who} has a curve with {format_value(level)} dB; levels are from {LEAST_LEVEL_DB:g} to 0."
            return
    yield from _parameter_problems(who, controls)


def _time_problems(who: str, seconds: Sequence[float], words: str) -> Iterator[str]:
    for second in seconds:
        if not real(second, 0.0, MOST_SECONDS):
            yield f"{who} has {words} at {format_value(second)} seconds; they are from 0 to {MOST_SECONDS:g}."
            return
    if any(later <= earlier for earlier, later in pairwise(seconds)):
        yield f"{who} has {words} out of order: each must be later than the one before."


def _parameter_problems(who: str, controls: SoundControls) -> Iterator[str]:
    names = [name for name, _ in controls.parameters]
    if len(names) > MOST_PARAMETERS or sorted(set(names)) != names or not all(map(limits.name, names)):
        yield f"{who} has damaged parameters: each has a plain name, once, in order."
    elif not all(real(value, -MOST_PARAMETER, MOST_PARAMETER) for _, value in controls.parameters):
        yield f"{who} has a parameter that is not a number."
