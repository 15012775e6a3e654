"""Dialogs to test, and nothing left of them afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.document.document import Document
from desktop.document.messages import Message, Messages
from desktop.export.drags import FileDrags
from desktop.export.export_dialog import ExportDialog
from desktop.export.last_export import LastExportStore
from desktop.export.worker import ExportWorker, WriteExport
from desktop.settings.store import JsonFile
from engine.export.run import export
from tests.desktop.export.bench import Bench, Make
from tests.desktop.export.fakes import FakeExportDialogs, Launches
from tests.engine.export.toy_scene import Toy, toy


@pytest.fixture(scope="module")
def small() -> Toy:
    return toy(seconds=0.5)


@pytest.fixture
def make(qtbot: QtBot, small: Toy, tmp_path: Path) -> Iterator[Make]:
    benches: list[Bench] = []

    def made(
        write: WriteExport = export, person: FakeExportDialogs | None = None, held: bool = True
    ) -> Bench:
        messages = Messages()
        said: list[Message] = []
        messages.shown.connect(said.append)
        document = Document(messages)
        document.replace(small.scene, None, None)
        memory = LastExportStore(JsonFile(tmp_path / "state" / "export.json"))
        person, launches = person or FakeExportDialogs(), Launches(held=held)
        work = ExportWorker(write)
        drags = FileDrags(messages, tmp_path / "drags", write=write, launch=launches, held=launches.held)
        dialog = ExportDialog(
            document, small.takes, work, drags, memory, Path(memory.last.folder or tmp_path / "films"),
            messages=messages, ask=person, reveal=person.reveal, spans={"loop": (9_600, 19_200)},
        )  # fmt: skip
        qtbot.addWidget(dialog)
        dialog.show()
        out = tmp_path / "films" / "night-street-export"
        benches.append(Bench(dialog, document, work, drags, memory, person, launches, said, out, qtbot))
        return benches[-1]

    yield made
    for bench in benches:
        bench.work.close()
        bench.drags.close()


@pytest.fixture
def bench(make: Make) -> Bench:
    return make()
