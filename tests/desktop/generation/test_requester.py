"""Orders: one batch or several, seeds that are fresh or locked, snapshots; takes that find their place."""

from dataclasses import replace
from functools import partial

from pytestqt.qtbot import QtBot

from desktop.generation.requester import batches, joined_negatives
from desktop.generation.worker import GenerationWorker
from desktop.settings.model_choice import ModelChoice
from engine.errors import BadInput
from engine.project.folder import Project
from engine.scene.edits import (
    lock_seed,
    prompt_object,
    remove_object,
    rename_object,
    set_duration,
    set_negative,
)
from engine.scene.scene import Scene
from tests.desktop.objects.toy import PATIENCE, Bench
from tests.engine.generation.fakes import sampling


def clips(scene: Scene) -> int:
    return sum(len(track.clips) for track in scene.timeline.tracks)


def arrived(it: Bench, qtbot: QtBot, count: int) -> None:
    qtbot.waitUntil(lambda: len(it.document.scene.takes) >= count, timeout=PATIENCE)


def test_a_take_of_each_comes_in_one_batch_where_they_are_alike(made: Bench, qtbot: QtBot) -> None:
    made.ordering.generate((0, 1))
    arrived(made, qtbot, 2)
    (request,) = made.maker.requests
    assert [(target.objects, target.prompt) for target in request.targets] == [((0,), "dog"), ((1,), "bird")]
    assert (request.model, request.seed, sampling(request).negative) == (
        made.maker.model,
        100,
        "music, speech",
    )
    scene = made.document.scene
    assert [take.objects for take in scene.takes] == [(0,), (1,)]
    assert scene.chosen_of(0) == scene.takes[0]
    assert len(scene.timeline.tracks) == 2


def test_takes_that_arrive_are_not_undone(made: Bench, qtbot: QtBot) -> None:
    made.document.edit("Rename object", partial(rename_object, index=0, name="Wolf"))
    made.ordering.generate((0,))
    arrived(made, qtbot, 1)
    assert made.document.history.undo_name == "Generate Wolf"
    made.document.undo()
    assert [take.rejected for take in made.document.scene.takes] == [True]
    assert len(made.document.scene.timeline.tracks) == 0
    assert made.document.history.undo_name == "Rename object"
    made.document.undo()
    assert len(made.document.scene.takes) == 1
    assert made.document.project is not None
    made.document.project.save(made.document.scene)
    made.document.redo()
    made.document.redo()
    assert [take.rejected for take in made.document.scene.takes] == [False]
    assert clips(made.document.scene) == 1


def test_undo_right_after_generate_stops_the_job_and_leaves_no_empty_step(made: Bench, qtbot: QtBot) -> None:
    made.maker.go.clear()
    made.ordering.generate((0,))
    assert made.document.history.undo_name == "Generate Dog"
    made.document.undo()
    qtbot.waitUntil(lambda: not any(job.active for job in made.queue.jobs), timeout=PATIENCE)
    assert made.document.scene.takes == ()
    qtbot.waitUntil(lambda: made.document.history.redo_name is None, timeout=PATIENCE)
    assert made.document.history.undo_name is None


def test_a_generation_that_fails_leaves_no_undo_step(made: Bench, qtbot: QtBot) -> None:
    made.maker.failures.append(BadInput("No sound."))
    made.ordering.generate((0,))
    qtbot.waitUntil(lambda: made.document.history.undo_name is None, timeout=PATIENCE)
    assert made.document.scene.takes == ()


def test_objects_that_differ_are_made_one_after_another(made: Bench, qtbot: QtBot) -> None:
    made.document.edit("Change duration", partial(set_duration, index=1, duration=2.0))
    made.ordering.generate((0, 1, 2))
    arrived(made, qtbot, 3)
    assert [[t.objects for t in request.targets] for request in made.maker.requests] == [[(0,), (2,)], [(1,)]]
    assert [request.duration for request in made.maker.requests] == [5.0, 2.0]


def test_together_is_one_take_of_all(made: Bench, qtbot: QtBot) -> None:
    made.document.edit("Change negative prompt", partial(set_negative, index=1, negative="speech, wind"))
    made.ordering.generate((0, 1), True)
    arrived(made, qtbot, 1)
    (request,) = made.maker.requests
    (target,) = request.targets
    assert (target.objects, target.name, len(target.parts)) == ((0, 1), "Dog + Bird", 2)
    assert sampling(request).negative == "music, speech, wind"
    (take,) = made.document.scene.takes
    assert take.objects == (0, 1)
    made.document.select((1,))
    assert made.panel.card(1).rows[0].number.text() == "1"


def test_a_seed_that_has_served_is_drawn_anew_unless_it_is_locked(made: Bench, qtbot: QtBot) -> None:
    made.document.edit("Lock seed", partial(lock_seed, index=1))
    for number in (0, 1):
        made.ordering.generate((number,))
    arrived(made, qtbot, 2)
    for number in (0, 1):
        made.ordering.regenerate((number,))
    arrived(made, qtbot, 3)
    qtbot.waitUntil(lambda: bool(made.said), timeout=PATIENCE)
    assert [request.seed for request in made.maker.requests] == [100, 100, 500, 100]
    assert [take.number for take in made.document.scene.takes] == [1, 1, 2]
    assert "locked" in made.said[0].text


def test_a_second_wish_before_the_first_has_come_draws_its_own_seed(made: Bench, qtbot: QtBot) -> None:
    made.ordering.generate((0,))
    made.ordering.generate((0,))
    arrived(made, qtbot, 2)
    assert [request.seed for request in made.maker.requests] == [100, 500]


def test_variations_are_several_takes_with_numbers_of_their_own(made: Bench, qtbot: QtBot) -> None:
    made.panel.footer.takes.setValue(3)
    made.panel.footer.quality.setCurrentIndex(1)
    made.ordering.generate((0,))
    arrived(made, qtbot, 3)
    assert made.maker.requests[0].takes == (1, 2, 3)
    chosen = sampling(made.maker.requests[0])
    assert (chosen.solver, chosen.steps) == ("ddim", 60)
    assert [take.number for take in made.document.scene.takes] == [1, 2, 3]
    assert len(made.document.scene.timeline.tracks[0].clips) == 1


def test_a_job_is_what_was_asked_for_whatever_is_edited_afterwards(made: Bench, qtbot: QtBot) -> None:
    made.maker.go.clear()
    made.ordering.generate((0,))
    made.document.edit("Change prompt", partial(prompt_object, index=0, prompt="a cat"))
    qtbot.waitUntil(made.maker.begun.is_set, timeout=PATIENCE)
    made.document.edit("Remove object", partial(remove_object, index=0))
    made.maker.go.set()
    arrived(made, qtbot, 1)
    assert made.maker.requests[0].targets[0].prompt == "dog"
    assert made.document.scene.takes[0].objects == (0,)
    made.document.undo()
    assert len(made.document.scene.takes_of(0)) == 1


def test_takes_of_a_scene_closed_in_mid_run_are_in_its_folder(made: Bench, qtbot: QtBot) -> None:
    made.maker.go.clear()
    made.ordering.generate((0, 1), True)
    made.ordering.generate((0,))
    qtbot.waitUntil(lambda: len(made.queue.jobs) == 2, timeout=PATIENCE)
    path = made.project.path
    made.project.close()
    made.document.replace(Scene(), None, None)
    made.maker.go.set()
    qtbot.waitUntil(lambda: len(made.said) == 2, timeout=PATIENCE)
    assert all("kept in Street.foley" in message.text for message in made.said)
    with Project.open(path).project as project:
        scene = Project.open(path, writing=False).scene
        assert [take.objects for take in scene.takes] == [(0, 1), (0,)]
        samples, rate = project.takes(scene.takes[1].digest)
        assert samples.shape == (1, 1600)
        assert rate == 16_000
    assert made.document.scene == Scene()


def test_takes_of_a_scene_thrown_away_are_said_to_be_lost(made: Bench, qtbot: QtBot) -> None:
    made.maker.go.clear()
    made.ordering.generate((0,))
    qtbot.waitUntil(made.maker.begun.is_set, timeout=PATIENCE)
    made.project.close()
    made.project.path.rename(made.project.path.with_name("elsewhere"))
    made.document.replace(Scene(), None, None)
    made.maker.go.set()
    qtbot.waitUntil(lambda: bool(made.said), timeout=PATIENCE)
    assert "thrown away" in made.said[0].text


def test_takes_of_a_scene_closed_and_opened_again_come_into_it(made: Bench, qtbot: QtBot) -> None:
    made.maker.go.clear()
    made.ordering.generate((0,))
    qtbot.waitUntil(made.maker.begun.is_set, timeout=PATIENCE)
    made.project.close()
    opened = Project.open(made.project.path)
    made.document.replace(opened.scene, made.document.still, opened.project)
    made.maker.go.set()
    arrived(made, qtbot, 1)
    opened.project.save(made.document.scene)
    opened.project.close()


def test_takes_follow_a_scene_that_is_saved_elsewhere(made: Bench, qtbot: QtBot) -> None:
    made.maker.go.clear()
    made.ordering.generate((0,))
    qtbot.waitUntil(made.maker.begun.is_set, timeout=PATIENCE)
    opened = Project.create(made.project.path.with_name("Copy.foley"), "Copy", None)
    made.document.mark_saved(made.document.scene, opened.project)
    made.project.close()
    made.maker.go.set()
    arrived(made, qtbot, 1)
    assert made.document.scene.takes[0].digest in opened.project.takes
    opened.project.close()


def test_without_a_model_orders_end_in_one_message_and_the_next_tries_again(
    made: Bench, qtbot: QtBot
) -> None:
    tries: list[int] = []

    def make(_: ModelChoice) -> object:
        tries.append(1)
        if len(tries) == 1:
            raise BadInput("There is no model.")
        return made.maker

    worker: GenerationWorker = made.worker
    worker._make = make  # type: ignore[assignment]
    made.ordering.generate((0, 1))
    qtbot.waitUntil(lambda: bool(made.said), timeout=PATIENCE)
    assert [message.text for message in made.said] == ["There is no model."]
    made.ordering.generate((0, 1))
    arrived(made, qtbot, 2)


def test_nothing_selected_is_said(made: Bench) -> None:
    made.ordering.generate(())
    assert "Select" in made.said[0].text


def test_negative_prompts_are_joined_without_saying_anything_twice() -> None:
    assert joined_negatives(["music, speech", "speech,wind", ""]) == "music, speech, wind"


def test_batches_keep_the_order_of_the_selection(made: Bench) -> None:
    dog, bird, car = made.document.scene.objects
    other = replace(bird, seed=5)
    assert batches([car, other, dog]) == [[car, dog], [other]]
