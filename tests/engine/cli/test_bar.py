"""The bar tells what runs, how far it is, and a measured time to go."""

import io

import pytest

from engine.cli.bar import Bar, spoken
from engine.errors import Cancelled


class Clock:
    """A clock that goes on only when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_time_to_go_is_measured_from_the_steps_themselves() -> None:
    clock = Clock()
    bar = Bar(None, clock)
    bar.show(0.0, "Loading the model")
    clock.now += 30
    for step in range(5):
        bar.show(0.2 + 0.1 * step, f"step {step + 1} of 8")
        clock.now += 2
    assert bar.seconds_to_go() == pytest.approx(8.0)
    assert "8.0 s to go" in bar.line(100)


def test_a_speed_that_changes_is_followed() -> None:
    clock = Clock()
    bar = Bar(None, clock)
    for step in range(40):
        bar.show(step / 100, "step")
        clock.now += 1 if step < 20 else 3
    assert bar.seconds_to_go() == pytest.approx(61 * 3)


def test_before_anything_is_measured_no_time_is_made_up() -> None:
    bar = Bar(None, Clock())
    assert bar.seconds_to_go() is None
    bar.show(0.5, "Looking")
    assert "to go" not in bar.line(100)
    bar.show(0.5, "Looking")
    assert bar.seconds_to_go() is None


def test_the_line_fits_the_terminal_and_is_cleared_at_the_end() -> None:
    stream = io.StringIO()
    bar = Bar(stream, Clock())
    bar.show(0.5, "A very long description of what is being done at the moment")
    assert len(bar.line(40)) < 40
    assert "50%" in bar.line(80)
    bar.clear()
    assert stream.getvalue().endswith("\r\x1b[K")


def test_it_is_not_redrawn_more_often_than_can_be_seen() -> None:
    clock, stream = Clock(), io.StringIO()
    bar = Bar(stream, clock)
    for step in range(100):
        bar.show(step / 100, "step")
        clock.now += 0.01
    assert 10 <= stream.getvalue().count("\r") <= 25


def test_a_bar_without_a_terminal_says_nothing_and_still_cancels() -> None:
    bar = Bar(None)
    asked = [False]
    progress = bar.progress(lambda: asked[0])
    progress.report(0.1, "step")
    asked[0] = True
    with pytest.raises(Cancelled):
        progress.report(0.2, "step")
    bar.clear()


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.04, "0.0 s"), (9.94, "9.9 s"), (61.0, "61 s"), (600.0, "10 min")]
)
def test_times_are_said_no_more_exactly_than_they_are_known(seconds: float, words: str) -> None:
    assert spoken(seconds) == words


def test_a_note_is_a_line_of_its_own_even_where_nothing_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    Bar(None, Clock()).progress(lambda: False).part(0.2, 0.8).note("This model has not learnt that.")
    assert capsys.readouterr().err == "This model has not learnt that.\n"
