"""Names that a file can have on every system: projects and exports move between Windows, macOS and Linux."""

MOST_BYTES = 240
FORBIDDEN = frozenset('<>:"/\\|?*') | {chr(number) for number in range(32)} | {chr(127)}
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789\u00b9\u00b2\u00b3"}
)
"""Devices of Windows, whatever follows a dot."""


def is_reserved(name: str) -> bool:
    """Return whether Windows takes a file name for a device."""
    return name.partition(".")[0].rstrip(" ").casefold() in RESERVED


def is_portable(name: str) -> bool:
    """Return whether a file can have this name on every system."""
    return (
        bool(name)
        and name not in {".", ".."}
        and not set(name) & FORBIDDEN
        and not name.endswith((".", " "))
        and not name.startswith(" ")
        and not is_reserved(name)
        and len(name.encode("utf-8", "surrogatepass")) <= MOST_BYTES
    )
