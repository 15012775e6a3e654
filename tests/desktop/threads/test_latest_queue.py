"""What waits for a worker."""

from desktop.threads.latest_queue import LatestWinsQueue

URGENT, LAZY, ALL = str, int, float


def desk() -> LatestWinsQueue[str | int | float]:
    return LatestWinsQueue((URGENT, LAZY, ALL), queued=(ALL,))


def test_only_one_job_is_handed_out_until_it_is_finished() -> None:
    one = desk()
    one.put(LAZY, 1)
    assert one.take() == 1
    one.put(LAZY, 2)
    assert one.take() is None
    one.finish()
    assert one.take() == 2


def test_the_newest_job_of_a_kind_replaces_the_one_that_waits() -> None:
    one = desk()
    for number in range(500):
        one.put(LAZY, number)
    assert (one.waiting, one.replaced) == (1, 499)
    assert one.take() == 499


def test_the_most_urgent_kind_goes_first() -> None:
    one = desk()
    one.put(LAZY, 1)
    one.put(URGENT, "now")
    assert one.take() == "now"


def test_queued_kinds_keep_every_job_in_turn() -> None:
    one = desk()
    taken = []
    for number in (0.1, 0.2):
        one.put(ALL, number)
    for _ in range(2):
        taken.append(one.take())
        one.finish()
    assert taken == [0.1, 0.2]


def test_dropped_jobs_are_never_handed_out() -> None:
    one = desk()
    one.put(LAZY, 1)
    one.put(URGENT, "stays")
    one.drop((LAZY,))
    assert one.take() == "stays"
    one.finish()
    assert one.take() is None
