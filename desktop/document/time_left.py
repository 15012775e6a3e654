"""The time that work will still take, as the window shows it."""


def time_left_text(seconds: float | None) -> str:
    """Seconds to go, for the screen: "8 s", "1:20"; nothing where it is not known."""
    if seconds is None:
        return ""
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60}:{whole % 60:02d}"
