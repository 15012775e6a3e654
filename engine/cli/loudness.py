"""``foleyscape loudness``."""

import math
from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict

from engine.cli.shown_job import run_shown
from engine.cli.streams import print_json
from engine.sound.measure_file import measure_file


def loudness(arguments: Namespace, is_cancelled: Callable[[], bool]) -> int:
    """Run ``foleyscape loudness``."""
    report = run_shown(arguments, lambda asked, progress: measure_file(asked.file, progress), is_cancelled)
    if arguments.json:
        facts = {name: _finite(value) for name, value in asdict(report).items()}
        print_json({"file": str(arguments.file), **facts})
        return 0
    rows = (
        ("integrated", report.integrated_lufs, "LUFS"),
        ("range", report.range_lu, "LU"),
        ("loudest 400 ms", report.max_momentary_lufs, "LUFS"),
        ("loudest 3 s", report.max_short_term_lufs, "LUFS"),
        ("true peak", report.true_peak_dbtp, "dBTP"),
    )
    for name, value, unit in rows:
        known = _finite(value)
        # Where the standard gives no value, print a dash instead of minus infinity.
        print(f"  {name:<15} {'-' if known is None else f'{known:.1f} {unit}'}")
    return 0


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value
