"""Curve files: loudness over time and hit-points, as JSON or as a recording to follow.

The JSON has the keys ``levels``, a list of [seconds, dB] with dB from -60 to 0 relative to the loudest moment,
and ``hits``, a list of seconds. Either may be left out, and is then free. The page
``resources/docs/curves.md`` describes it.
"""

import json
from pathlib import Path

from engine.errors import BadInput
from engine.files import write_file
from engine.generation.curve_values import controls_of_sound
from engine.inputs import read_json
from engine.project.codec import InvalidValue
from engine.project.control_codec import read_controls, write_controls
from engine.scene.sound_controls import SoundControls

MOST_BYTES = 1_000_000
KEYS = ("levels", "hits")


def read_curve_file(path: Path) -> SoundControls:
    """Read the curve of a ``.json`` file, or of a recording in any other file.

    Raises:
        BadInput: there is no such file, it holds no curve, or a value is out of range.
    """
    if path.suffix.lower() != ".json":
        from engine.sound.audio_files import read_wav

        samples, rate = read_wav(path)
        return controls_of_sound(samples, rate)
    facts = read_json(path, "curve", MOST_BYTES)
    if not isinstance(facts, dict) or not set(facts) & set(KEYS):
        raise BadInput(
            f"{path} is no curve: it needs levels, a list of [seconds, dB], or hits, a list of seconds."
        )
    try:
        controls = read_controls({key: facts[key] for key in KEYS if key in facts})
    except InvalidValue as wrong:
        raise BadInput(f"{path} is no curve that can be used: {wrong}.") from wrong
    if not controls.follows_curve:
        raise BadInput(f"{path} is no curve: it has neither levels nor hits.")
    return controls


def write_curve_file(controls: SoundControls, path: Path) -> None:
    """Write the curve of controls as JSON.

    Raises:
        Failed: the disk is full or the place cannot be written.
    """
    facts = write_controls(controls)
    kept = {key: facts[key] for key in KEYS if facts[key]}
    write_file(path, (json.dumps(kept, indent=2) + "\n").encode())
