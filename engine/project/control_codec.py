"""Reading and writing of the controls of a sound as JSON, in scenes and in recipes."""

from typing import Any, NoReturn

from engine.project.codec import Codec, FieldCodec, InvalidValue, list_of, number, one_of, optional
from engine.scene.limits import MOST_SECONDS
from engine.scene.sound_controls import (
    MOST_HITS,
    MOST_PARAMETER,
    MOST_PARAMETERS,
    MOST_POINTS,
    SoundControls,
    control_problems,
)

_seconds = number(0.0, MOST_SECONDS)


def _pair(value: Any) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise InvalidValue("hold pairs of seconds and dB")
    return _seconds.read(value[0]), number(-60.0, 0.0).read(value[1])


def _parameter(value: Any) -> tuple[str, float]:
    if not isinstance(value, list) or len(value) != 2 or not isinstance(value[0], str):
        raise InvalidValue("hold pairs of a name and a number")
    return value[0], number(-MOST_PARAMETER, MOST_PARAMETER).read(value[1])


CONTROLS = Codec(
    SoundControls,
    {
        "levels": list_of(FieldCodec(_pair, list), MOST_POINTS, "points"),
        "hits": optional(list_of(_seconds, MOST_HITS, "seconds")),
        "loop": one_of(True, False),
        "parameters": list_of(FieldCodec(_parameter, list), MOST_PARAMETERS, "parameters"),
    },
)


def read_controls(value: Any) -> SoundControls:
    """Read controls from a JSON object.

    Raises:
        InvalidValue: a value is of the wrong type, out of range or out of order.
    """
    controls = SoundControls(**CONTROLS.read(value, _refuse))
    for problem in control_problems("it", controls):
        raise InvalidValue(problem.removeprefix("it ").rstrip("."))
    return controls


def write_controls(controls: SoundControls) -> dict[str, Any]:
    """Convert controls to a JSON-serializable dictionary, unknown keys included."""
    return {**CONTROLS.write(controls), **CONTROLS.write_unknown_fields(controls)}


def _refuse(complaint: str) -> NoReturn:
    raise InvalidValue(complaint)


CONTROLS_FIELD = FieldCodec(read_controls, write_controls)
"""Codec of a field that holds controls."""
