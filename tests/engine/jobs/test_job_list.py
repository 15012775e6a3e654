"""The list of jobs as a state machine: whatever happens in whatever order, a job ends once, and one runs at a time."""

from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from engine.jobs import job as job_list
from engine.jobs.job import REMEMBERED, EndState, Job, JobList, JobProgress, JobState

ALLOWED: dict[JobState, set[JobState]] = {
    "waiting": {"running", "cancelled"},
    "running": {"cancelling", "done", "failed", "cancelled"},
    "cancelling": {"done", "failed", "cancelled"},
    "done": set(),
    "failed": set(),
    "cancelled": set(),
}


@dataclass(frozen=True)
class Request:
    words: str
    masks: tuple[str, ...] = ("a",)


@dataclass
class Seen:
    """What a person saw of each job, from its number."""

    states: dict[int, list[JobState]] = field(default_factory=dict)
    requests: dict[int, Request] = field(default_factory=dict)

    def look(self, jobs: JobList[Request]) -> None:
        for job in jobs.jobs:
            states = self.states.setdefault(job.id, [])
            if not states or states[-1] != job.state:
                states.append(job.state)
            assert self.requests.setdefault(job.id, job.request) is job.request


numbers = st.integers(1, 8)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), numbers),
        st.tuples(st.just("cancel"), numbers),
        st.tuples(st.just("report"), numbers),
        st.tuples(st.sampled_from(["done", "failed", "cancelled"]), numbers),
        st.tuples(st.just("forget"), numbers),
    ),
    max_size=60,
)


def done(jobs: JobList[Request], what: str, number: int) -> JobList[Request]:
    ends: dict[str, EndState] = {"done": "done", "failed": "failed", "cancelled": "cancelled"}
    if what == "add":
        return job_list.added(jobs, Job(0, Request(f"sound {number}")))
    if what == "cancel":
        return job_list.cancelled(jobs, number)
    if what == "report":
        return job_list.reported(jobs, number, JobProgress(number / 8, "step"))
    if what == "forget":
        return job_list.without_ended(jobs)
    return job_list.ended(jobs, number, ends[what])


@given(steps, st.integers(1, 3))
def test_every_job_ends_exactly_once_whatever_the_order_of_what_happens(
    wanted: list[tuple[str, int]], at_once: int
) -> None:
    jobs: JobList[Request] = JobList(at_once=at_once)
    seen = Seen()
    for what, number in wanted:
        before = jobs
        jobs = done(jobs, what, number)
        assert jobs is before or jobs.revision > before.revision
        seen.look(jobs)
        assert len(jobs.running) == min(at_once, len(jobs.running) + len(jobs.waiting))
    while jobs.running:
        jobs = job_list.ended(jobs, jobs.running[0].id, "done")
        seen.look(jobs)
    assert jobs.waiting == ()
    for states in seen.states.values():
        ends = [state for state in states if not ALLOWED[state]]
        assert len(ends) == 1
        assert states[-1] == ends[0]
        for state, following in pairwise(states):
            assert following in ALLOWED[state]


def test_what_was_asked_first_runs_first_and_numbers_never_return() -> None:
    jobs: JobList[Request] = JobList()
    for words in ("rain", "wind", "sea"):
        jobs = job_list.added(jobs, Job(0, Request(words)))
    assert [(job.id, job.state) for job in jobs.jobs] == [(1, "running"), (2, "waiting"), (3, "waiting")]
    jobs = job_list.ended(jobs, 1, "failed", "No.")
    assert [job.state for job in jobs.jobs] == ["failed", "running", "waiting"]
    jobs = job_list.added(job_list.without_ended(jobs), Job(0, Request("hail")))
    assert [job.id for job in jobs.jobs] == [2, 3, 4]


def test_only_the_last_that_ended_are_remembered() -> None:
    jobs: JobList[Request] = JobList()
    for number in range(REMEMBERED + 5):
        jobs = job_list.added(jobs, Job(0, Request(str(number))))
    for job in jobs.jobs:
        jobs = job_list.ended(jobs, job.id, "done")
    assert [job.id for job in jobs.jobs] == list(range(6, REMEMBERED + 6))


def test_a_report_that_comes_too_late_changes_nothing() -> None:
    jobs = job_list.added(JobList[Request](), Job(0, Request("rain")))
    over = job_list.ended(jobs, 1, "done")
    assert job_list.reported(over, 1, JobProgress(0.5, "step")) is over
    assert job_list.ended(over, 1, "failed", "No.") is over
    assert job_list.cancelled(over, 1) is over
    assert job_list.cancelled(over, 99) is over
