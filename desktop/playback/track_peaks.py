"""The levels of single tracks while the timeline plays."""

from collections.abc import Iterable

from engine.sound.render import Renderer

METERED_SECONDS = 0.05


def track_peaks(renderer: Renderer, position: int, tracks: Iterable[int]) -> dict[int, float]:
    """Return the sample peaks of tracks over the ``METERED_SECONDS`` before a position, as they are heard.

    Tracks that do not sound, and those whose takes are not loaded yet, are left out.

    Args:
        renderer: plays the timeline.
        position: sample of the timeline that is heard now.
        tracks: numbers of the tracks.
    """
    start = max(0, position - round(METERED_SECONDS * renderer.timeline.rate))
    audible = {track.id for track in renderer.timeline.audible()}
    peaks = {number: renderer.track_peak(number, start, position) for number in tracks if number in audible}
    return {number: peak for number, peak in peaks.items() if peak is not None}
