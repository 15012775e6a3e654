"""Files arrive whole or not at all: a server on this machine that behaves in every way servers do."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from engine.errors import BadInput, Cancelled, Failed
from engine.models import fetch
from engine.models.catalogue import Model, ModelFile, is_installed
from engine.models.fetch import fetch_model, import_model
from engine.progress import Progress, no_progress

WEIGHTS = bytes(range(256)) * 1024
CONFIG = b'{"channels": 64}'


@dataclass
class Behaviour:
    """What the server does, and what it was asked."""

    files: dict[str, bytes] = field(default_factory=dict)
    break_after: int | None = None
    honours_range: bool = True
    sends_wrong_part: bool = False
    refuses_range: bool = False
    ranges: list[str | None] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    behaviour: Behaviour

    def do_GET(self) -> None:
        behaviour = self.behaviour
        asked = self.headers.get("Range")
        behaviour.ranges.append(asked)
        content = behaviour.files.get(self.path)
        if content is None:
            self.send_error(404)
        elif asked and behaviour.refuses_range:
            self.send_error(416)
        elif asked and behaviour.honours_range:
            self._send(content, 206, int(asked.removeprefix("bytes=").rstrip("-")))
        else:
            self._send(content, 200, 0)

    def _send(self, content: bytes, status: int, start: int) -> None:
        said = start + 1 if self.behaviour.sends_wrong_part else start
        self.send_response(status)
        self.send_header("Content-Length", str(len(content) - start))
        if status == 206:
            self.send_header("Content-Range", f"bytes {said}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        end = self.behaviour.break_after
        self.wfile.write(content[start:end])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server uses
        pass


@dataclass
class Server:
    url: str
    behaviour: Behaviour


@pytest.fixture
def server() -> Iterator[Server]:
    behaviour = Behaviour({"/m/unet/weights.safetensors": WEIGHTS, "/m/config.json": CONFIG})
    handler = type("BoundHandler", (Handler,), {"behaviour": behaviour})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Server(f"http://127.0.0.1:{http.server_address[1]}/m", behaviour)
        http.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def small_chunks_and_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "CHUNK", 4096)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("FOLEYSCAPE_MODELS_URL", raising=False)


def model_of(**files: bytes) -> Model:
    entries = tuple(
        ModelFile(
            name.replace("__", "/").replace("_dot_", "."), len(content), hashlib.sha256(content).hexdigest()
        )
        for name, content in files.items()
    )
    return Model("toy", "Toy model", frozenset({"sound"}), "Apache-2.0", True, False, "", entries)


@pytest.fixture
def model() -> Model:
    return model_of(config_dot_json=CONFIG, unet__weights_dot_safetensors=WEIGHTS)


def weights_in(folder: Path) -> Path:
    return folder / "toy/unet/weights.safetensors"


def parts_in(folder: Path) -> list[Path]:
    return list(folder.rglob("*.part"))


def test_a_model_arrives_whole_with_no_parts_left(server: Server, model: Model, tmp_path: Path) -> None:
    assert not is_installed(model, tmp_path)
    home = fetch_model(model, server.url, tmp_path, no_progress())
    assert home == tmp_path / "toy"
    assert weights_in(tmp_path).read_bytes() == WEIGHTS
    assert is_installed(model, tmp_path)
    assert parts_in(tmp_path) == []


def test_progress_runs_from_nothing_to_everything_and_never_back(
    server: Server, model: Model, tmp_path: Path
) -> None:
    seen: list[float] = []
    fetch_model(model, server.url, tmp_path, Progress(lambda fraction, text: seen.append(fraction)))
    assert len(seen) > 50
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0)


def test_what_is_here_is_not_fetched_again(server: Server, model: Model, tmp_path: Path) -> None:
    fetch_model(model, server.url, tmp_path, no_progress())
    asked = len(server.behaviour.ranges)
    fetch_model(model, server.url, tmp_path, no_progress())
    assert len(server.behaviour.ranges) == asked


def test_a_broken_connection_is_continued_from_where_it_broke(
    server: Server, model: Model, tmp_path: Path
) -> None:
    server.behaviour.break_after = 100_000
    with pytest.raises(Failed, match=r"will be continued"):
        fetch_model(model, server.url, tmp_path, no_progress())
    assert not weights_in(tmp_path).exists()
    [part] = parts_in(tmp_path)
    assert part.stat().st_size == 100_000

    server.behaviour.break_after = None
    fetch_model(model, server.url, tmp_path, no_progress())
    assert server.behaviour.ranges[-1] == "bytes=100000-"
    assert weights_in(tmp_path).read_bytes() == WEIGHTS


@pytest.mark.parametrize("manner", ["ignores", "refuses"])
def test_a_server_that_cannot_continue_is_asked_for_the_whole(
    server: Server, model: Model, tmp_path: Path, manner: str
) -> None:
    weights_in(tmp_path).parent.mkdir(parents=True)
    weights_in(tmp_path).with_name("weights.safetensors.part").write_bytes(b"x" * 5000)
    server.behaviour.honours_range = manner != "ignores"
    server.behaviour.refuses_range = manner == "refuses"
    fetch_model(model, server.url, tmp_path, no_progress())
    assert "bytes=5000-" in server.behaviour.ranges
    assert weights_in(tmp_path).read_bytes() == WEIGHTS


def test_another_part_than_asked_for_is_not_glued_on(server: Server, model: Model, tmp_path: Path) -> None:
    weights_in(tmp_path).parent.mkdir(parents=True)
    part = weights_in(tmp_path).with_name("weights.safetensors.part")
    part.write_bytes(WEIGHTS[:5000])
    server.behaviour.sends_wrong_part = True
    with pytest.raises(Failed, match="another part"):
        fetch_model(model, server.url, tmp_path, no_progress())
    assert part.read_bytes() == WEIGHTS[:5000]


def test_a_part_longer_than_the_file_is_thrown_away(server: Server, model: Model, tmp_path: Path) -> None:
    weights_in(tmp_path).parent.mkdir(parents=True)
    weights_in(tmp_path).with_name("weights.safetensors.part").write_bytes(b"x" * (len(WEIGHTS) + 1))
    fetch_model(model, server.url, tmp_path, no_progress())
    assert server.behaviour.ranges == [None, None]
    assert weights_in(tmp_path).read_bytes() == WEIGHTS


def test_a_wrong_checksum_keeps_nothing(server: Server, model: Model, tmp_path: Path) -> None:
    server.behaviour.files["/m/unet/weights.safetensors"] = WEIGHTS[::-1]
    with pytest.raises(Failed, match="another checksum"):
        fetch_model(model, server.url, tmp_path, no_progress())
    assert not weights_in(tmp_path).exists()
    assert parts_in(tmp_path) == []


def test_a_longer_file_keeps_nothing(server: Server, model: Model, tmp_path: Path) -> None:
    server.behaviour.files["/m/unet/weights.safetensors"] = WEIGHTS + b"more"
    with pytest.raises(Failed, match="larger there"):
        fetch_model(model, server.url, tmp_path, no_progress())
    assert parts_in(tmp_path) == []


def test_cancelling_stops_and_leaves_what_came_to_be_continued(
    server: Server, model: Model, tmp_path: Path
) -> None:
    reports: list[float] = []
    progress = Progress(lambda fraction, text: reports.append(fraction), lambda: len(reports) >= 10)
    with pytest.raises(Cancelled):
        fetch_model(model, server.url, tmp_path, progress)
    assert not weights_in(tmp_path).exists()
    assert 0 < parts_in(tmp_path)[0].stat().st_size < len(WEIGHTS)
    fetch_model(model, server.url, tmp_path, no_progress())
    assert weights_in(tmp_path).read_bytes() == WEIGHTS


def test_a_missing_file_is_said_with_the_servers_answer(server: Server, tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"elsewhere\.bin could not be fetched from 127\.0\.0\.1:\d+: .*404"):
        fetch_model(model_of(elsewhere_dot_bin=b"1"), server.url, tmp_path, no_progress())


def test_nobody_answering_is_one_sentence(server: Server, model: Model, tmp_path: Path) -> None:
    with pytest.raises(Failed, match="could not be fetched"):
        fetch_model(model, "http://127.0.0.1:1/m", tmp_path, no_progress())


def test_an_unwritable_folder_is_one_sentence(server: Server, model: Model, tmp_path: Path) -> None:
    (tmp_path / "toy").write_text("a file where the folder should be")
    with pytest.raises(Failed, match="cannot be written"):
        fetch_model(model, server.url, tmp_path, no_progress())


@pytest.mark.parametrize("address", ["", "ftp://127.0.0.1/m", "file:///etc", "127.0.0.1/m", "https://"])
def test_only_an_http_address_is_fetched_from(model: Model, tmp_path: Path, address: str) -> None:
    with pytest.raises(BadInput):
        fetch_model(model, address, tmp_path, no_progress())


def test_the_address_may_stand_in_the_environment(
    server: Server, model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLEYSCAPE_MODELS_URL", f"{server.url}/")
    fetch_model(model, None, tmp_path, no_progress())
    assert is_installed(model, tmp_path)


def test_a_file_without_a_known_checksum_is_never_fetched(server: Server, tmp_path: Path) -> None:
    unknown = Model(
        "u", "Unknown", frozenset(), "MIT", True, False, "", (ModelFile("config.json", len(CONFIG)),)
    )
    with pytest.raises(BadInput, match="import it"):
        fetch_model(unknown, server.url, tmp_path, no_progress())
    assert server.behaviour.ranges == []


def brought(folder: Path, weights: bytes = WEIGHTS) -> Path:
    (folder / "unet").mkdir(parents=True)
    (folder / "config.json").write_bytes(CONFIG)
    (folder / "unet/weights.safetensors").write_bytes(weights)
    return folder


def test_a_brought_folder_is_imported(model: Model, tmp_path: Path) -> None:
    home = import_model(model, brought(tmp_path / "usb"), tmp_path / "models", no_progress())
    assert (home / "unet/weights.safetensors").read_bytes() == WEIGHTS
    assert is_installed(model, tmp_path / "models")


def test_an_incomplete_folder_is_refused_naming_what_lacks(model: Model, tmp_path: Path) -> None:
    (brought(tmp_path / "usb") / "config.json").unlink()
    with pytest.raises(BadInput, match=r"it has no config\.json"):
        import_model(model, tmp_path / "usb", tmp_path / "models", no_progress())
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize(
    ("weights", "problem"), [(WEIGHTS[::-1], "checksum"), (WEIGHTS[1:], "bytes instead")]
)
def test_a_folder_with_other_weights_is_refused(
    model: Model, tmp_path: Path, weights: bytes, problem: str
) -> None:
    with pytest.raises(BadInput, match=problem):
        import_model(model, brought(tmp_path / "usb", weights), tmp_path / "models", no_progress())
    assert not weights_in(tmp_path / "models").exists()
    assert parts_in(tmp_path) == []


def test_cancelling_an_import_leaves_nothing_half_copied(model: Model, tmp_path: Path) -> None:
    reports: list[float] = []
    progress = Progress(lambda fraction, text: reports.append(fraction), lambda: len(reports) >= 5)
    with pytest.raises(Cancelled):
        import_model(model, brought(tmp_path / "usb"), tmp_path / "models", progress)
    assert parts_in(tmp_path) == []
    assert not weights_in(tmp_path / "models").exists()
