"""The objects panel with generation, as a part of the window."""

import secrets
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from desktop.actions.actions import Actions
from desktop.generation.generation_queue import GenerationQueue
from desktop.generation.requester import MOST_NEW_SEED, GenerationRequester
from desktop.generation.take_importer import TakeImporter
from desktop.generation.worker import GenerationBackend, GenerationWorker, studio_factory
from desktop.objects.edits import place_at
from desktop.objects.objects_commands import OBJECTS_COMMANDS, OBJECTS_ROUTES
from desktop.objects.objects_panel import ObjectsPanel
from desktop.objects.previews import Previews
from desktop.objects.reveal import reveal
from desktop.objects.takes_commands import TAKES_COMMANDS
from desktop.services import Services
from desktop.settings.model_choice import ModelChoice, model_choice, on_model_change
from desktop.settings.table import Preferences
from desktop.threads.background import Background
from engine.generation.requests import DRAFT, FINAL, Quality
from engine.project.take_files import take_file
from engine.scene.scene import TakeRecord


class ObjectsPart(QObject):
    """The objects panel, the generation worker and its queue.

    Args:
        services: shared services.
        parent: parent widget.
        make: creates the studio of a model, in the generation thread; None uses the engine's.

    Signals:
        take_made(str): a new take is there and is to be heard.
    """

    take_made = Signal(str)

    def __init__(
        self,
        services: Services,
        parent: QWidget,
        make: Callable[[ModelChoice], GenerationBackend] | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        document, messages = services.document, services.messages
        new_seed = partial(secrets.randbelow, MOST_NEW_SEED)
        self.worker = GenerationWorker(make or studio_factory(services.models), self)
        self.queue = GenerationQueue(self.worker, self)
        self._drawing = Background(self)
        previews = Previews(document, self._drawing, self)
        self.panel = ObjectsPanel(document, self.queue, previews, new_seed, parent, messages)
        self._take_importer = TakeImporter(document, self.queue, services.background, messages, self)
        self.ordering = GenerationRequester(
            document,
            self.queue,
            messages,
            lambda: self.panel.footer.choice,
            model=self._model,
            new_seed=new_seed,
            parent=self,
        )
        self.panel.nothing_selected.connect(messages.tell)
        self.panel.generate_requested.connect(self.ordering.generate)
        self.panel.regenerate_requested.connect(self.ordering.regenerate)
        self.panel.takes.again_requested.connect(lambda _number, digest: self.ordering.generate_like(digest))
        self.panel.takes.file_requested.connect(self._show_file)
        self._take_importer.imported.connect(self._offer_to_hear)
        self.queue.changed.connect(self._tell)
        self.worker.opened.connect(self.panel.footer.set_generators, Qt.ConnectionType.QueuedConnection)
        self.worker.located.connect(self._tell_device, Qt.ConnectionType.QueuedConnection)
        document.still_changed.connect(self._prepare)
        document.replaced.connect(self.queue.begin_scene)
        services.settings.changed.connect(self._apply)
        on_model_change(services.settings, lambda _: self._prepare())
        services.settings.keys_changed.connect(self.panel.set_keys)
        self.panel.set_keys(services.settings.keys)
        self.panel.footer.wanted = _generator_in(services.state.read())
        self.panel.footer.generator_chosen.connect(self._remember_generator)
        self._applied: Preferences | None = None
        self._apply(services.settings.preferences)

    @property
    def widget(self) -> QWidget:
        return self.panel

    def bind(self, actions: Actions) -> None:
        self.panel.footer.generator_changed.connect(actions.refresh)
        actions.register(OBJECTS_COMMANDS, self)
        actions.register(TAKES_COMMANDS, self.panel.takes)
        self.panel.takes.shown_changed.connect(actions.refresh)
        actions.route(OBJECTS_ROUTES, self, self.panel)

    @property
    def has_objects(self) -> bool:
        return bool(self._services.document.scene.objects)

    @property
    def has_selection(self) -> bool:
        return bool(self._services.document.selection)

    @property
    def can_sound_together(self) -> bool:
        several = len(self._services.document.selection) > 1
        return several and self.panel.footer.capabilities.takes("together")

    @property
    def is_generating(self) -> bool:
        return any(job.active for job in self.queue.jobs)

    def close(self) -> None:
        """Cancel generation and end the threads."""
        self.worker.close()
        self._drawing.close()

    def place(self, number: int, digest: str, at: int) -> None:
        """Place a take of an object at a sample of the timeline."""
        change = partial(place_at, number=number, digest=digest, at=at)
        self._services.document.edit("Place take", change)

    def seconds_of(self, digest: str, place: float) -> float:
        """Return a place in a take, 0 to 1, in seconds."""
        take = self._services.document.scene.take(digest)
        return 0.0 if take is None else place * take.samples / take.rate

    @Slot(str)
    def _show_file(self, digest: str) -> None:
        project = self._services.document.project
        if project is not None:
            reveal(project.path / take_file(digest))

    @Slot(object)
    def _offer_to_hear(self, records: tuple[TakeRecord, ...]) -> None:
        if self._services.settings.preferences.autoplay:
            self.take_made.emit(records[0].digest)

    @Slot()
    def _prepare(self) -> None:
        if self._services.document.still is not None:
            self.worker.open(self._model())

    def warm_up(self) -> None:
        """Load the chosen model, so that the first take does not wait for it."""
        self.worker.warm_up(self._model())

    def _model(self) -> ModelChoice:
        return model_choice(self._services.settings.preferences)

    @Slot(str)
    def _remember_generator(self, name: str) -> None:
        state, messages = self._services.state, self._services.messages
        self._services.background.run(
            lambda: state.update(lambda facts: {**facts, "generator": name}), lambda _: None, messages.fail
        )

    @Slot()
    def _tell(self) -> None:
        """Note that something is made. The queue says how far it is; the status bar only while the queue is hidden."""
        job = self.queue.running
        if job is None:
            self._services.activity.set_task("generation", "")
            return
        waiting = len(self.queue.waiting)
        words = f"Making {job.label}" + (f", {waiting} waiting" if waiting else "")
        left = job.progress.seconds_left if job.progress else None
        self._services.activity.set_task("generation", words, left, shown=self.panel.isHidden())

    @Slot(str)
    def _tell_device(self, words: str) -> None:
        self._services.activity.set_fact("device", words)

    @Slot(object)
    def _apply(self, preferences: Preferences) -> None:
        """Apply changed preferences; choices made below the list stay unless their own preference has changed."""
        before, self._applied = self._applied, preferences
        footer = self.panel.footer
        footer.set_qualities(*_qualities(preferences))
        footer.candidates = preferences.candidates or None
        if before is None or before.variations != preferences.variations:
            footer.takes.setValue(preferences.variations)
        if before is None or before.final != preferences.final:
            footer.quality.setCurrentIndex(int(preferences.final))


def _generator_in(facts: Mapping[str, Any]) -> str | None:
    """Return the id of the generator that was chosen last, or None."""
    name = facts.get("generator")
    return name if isinstance(name, str) else None


def _qualities(preferences: Preferences) -> tuple[Quality, Quality]:
    return Quality(DRAFT.solver, preferences.draft_steps), Quality(FINAL.solver, preferences.final_steps)
