"""Pending jobs of a worker: one in flight, and of each kind only the newest pending. No threads, no widgets."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Job = TypeVar("Job")


class LatestWinsQueue(Generic[Job]):
    """Hands out one job at a time. The kind of a job is its class.

    Args:
        order: kinds by priority, the most urgent first.
        queued: kinds whose jobs are all done, in order. For other kinds a new job replaces the pending one.
    """

    def __init__(self, order: Sequence[type], queued: Sequence[type] = ()) -> None:
        self._order = tuple(order)
        self._queued = frozenset(queued)
        self._pending: dict[type, list[Job]] = {kind: [] for kind in order}
        self._in_flight: type | None = None
        self.replaced = 0

    @property
    def in_flight(self) -> type | None:
        """Kind of the job in flight, or None."""
        return self._in_flight

    @property
    def waiting(self) -> int:
        return sum(len(jobs) for jobs in self._pending.values())

    def put(self, kind: type, job: Job) -> None:
        jobs = self._pending[kind]
        if kind not in self._queued:
            self.replaced += len(jobs)
            jobs.clear()
        jobs.append(job)

    def take(self) -> Job | None:
        """Return the most urgent job and mark it as in flight; None if one is in flight or none is pending."""
        kind = next((kind for kind in self._order if self._pending[kind]), None)
        if self._in_flight is not None or kind is None:
            return None
        self._in_flight = kind
        return self._pending[kind].pop(0)

    def finish(self) -> None:
        """Mark the job in flight as ended."""
        self._in_flight = None

    def drop(self, kinds: Sequence[type], when: Callable[[Job], bool] = lambda _: True) -> None:
        """Remove pending jobs of these kinds."""
        for kind in kinds:
            self._pending[kind] = [job for job in self._pending[kind] if not when(job)]
