"""Checks what the tests reach: enough of all source lines, and every line and branch of the files in a list.

python packaging/coverage_floor.py REPORT            checks a report of ``coverage json``
python packaging/coverage_floor.py REPORT --update   adds to the list the files that are perfectly covered by now
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parents[1]
LIST = HOUSE / "packaging/perfectly-covered.txt"
LEAST_PERCENT = 75.0
"""Of all source lines."""

Files = Mapping[str, Mapping[str, Any]]


def main(arguments: Sequence[str]) -> int:
    """Print what is reached and what falls short; return 0 if nothing does."""
    path = Path(arguments[0])
    if not path.is_file():
        sys.stderr.write("coverage: nothing was measured, because the tests did not run to their end.\n")
        return 1
    report = json.loads(path.read_text(encoding="utf-8"))
    files: Files = report["files"]
    listed = read_list(LIST)
    if "--update" in arguments:
        listed = updated(listed, files)
        write_list(LIST, listed)
    faults = [*total_faults(report["totals"]), *listed_faults(listed, files)]
    sys.stderr.write("".join(f"{line}\n" for line in (summary(report["totals"], len(listed)), *faults)))
    return 1 if faults else 0


def summary(totals: Mapping[str, Any], listed: int) -> str:
    """Return the coverage of everything in one line."""
    branches = percent(totals["covered_branches"], totals["num_branches"])
    return (
        f"coverage: {line_percent(totals):.1f} % of {totals['num_statements']} lines, {branches:.1f} % of "
        f"{totals['num_branches']} branches; {listed} files are perfectly covered and must stay so"
    )


def line_percent(totals: Mapping[str, Any]) -> float:
    return percent(totals["covered_lines"], totals["num_statements"])


def percent(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else 100.0


def total_faults(totals: Mapping[str, Any]) -> list[str]:
    """Say that too few lines are reached, if so."""
    reached = line_percent(totals)
    return [] if reached >= LEAST_PERCENT else [f"At least {LEAST_PERCENT:g} % of lines must be reached."]


def listed_faults(listed: Iterable[str], files: Files) -> list[str]:
    """Name each listed file of which something is not reached, and each that is gone."""
    faults = []
    for name in listed:
        if not (HOUSE / name).is_file():
            faults.append(f"{name} is gone: take it from {LIST.name}.")
        elif name not in files:
            faults.append(f"{name} was not measured.")
        elif not is_perfect(files[name]):
            faults.append(f"{name} must stay perfectly covered; not reached: {missing(files[name])}.")
    return faults


def is_perfect(file: Mapping[str, Any]) -> bool:
    return not file["missing_lines"] and not file["missing_branches"]


def missing(file: Mapping[str, Any]) -> str:
    """Return the lines and branches that are not reached, in words."""
    branches = [f"{start} to {end if end > 0 else 'the end'}" for start, end in file["missing_branches"]]
    lines = ", ".join(map(str, file["missing_lines"]))
    return "; ".join(part for part in (f"lines {lines}" * bool(lines), *branches) if part)


def updated(listed: Iterable[str], files: Files) -> list[str]:
    """Return the list with every file that is perfectly covered now, and without those that are gone."""
    perfect = {name for name, file in files.items() if is_perfect(file) and file["summary"]["num_statements"]}
    return sorted(name for name in {*listed, *perfect} if (HOUSE / name).is_file())


def read_list(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [line for line in lines if line and not line.startswith("#")]


def write_list(path: Path, names: Iterable[str]) -> None:
    head = "# Files of which the tests reach every line and branch, and must go on to: packaging/coverage_floor.py\n"
    path.write_text(head + "".join(f"{name}\n" for name in names), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
