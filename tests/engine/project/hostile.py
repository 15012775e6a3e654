"""Projects that somebody made to do harm, or that a disk made by itself: strategies, and what must not happen."""

import json
import os
import shutil
import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from engine.errors import BadInput, Failed
from engine.project.folder import Project
from engine.scene.validity import problems

Draw = Callable[[st.SearchStrategy[Any]], Any]

KINDS = ("scene values", "scene bytes", "autosave", "WAV", "mask PNG", "still PNG", "link")

_numbers = st.sampled_from(
    [0, -1, 1, 2**31, 2**53, 2**63, 2**64, 10**30, 10**90, 10**400, 1e308, -1e308, 0.5, -0.0]
)
_odd_names = (
    "",
    ".",
    "..",
    "../..",
    "/etc/passwd",
    "takes/../../x",
    "C:\\x",
    "still.png/../../x",
    "still.",
    "S.PNG",
)
_odd_words = ("a\0b", "\n", "\u202e", "x" * 5000, "a" * 64, "25", "linear", "NaN")
_odd = st.sampled_from((*_odd_names, *_odd_words))
_scalar = st.none() | st.booleans() | _numbers | _odd | st.text(max_size=8) | st.floats() | st.integers()
_values = st.recursive(
    _scalar,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_odd, inner, max_size=3),
    max_leaves=6,
)


@dataclass(frozen=True)
class Hostile:
    """One hostile project: what is done to a sound one.

    Attributes:
        kind: one of ``KINDS``.
        file: which file or folder of it is replaced.
        data: by what; for a link, what scene.json is replaced by.
        link: symlink, hardlink, fifo, folder or loop, in place of the file.
    """

    kind: str
    file: str
    data: bytes
    link: str = ""


def hostile(template: Path, kinds: tuple[str, ...] = KINDS) -> st.SearchStrategy[Hostile]:
    """Hostile projects of these kinds, made out of the sound one in ``template``."""
    names = sorted(str(p.relative_to(template)) for p in template.rglob("*") if p.is_file())
    wavs = [name for name in names if name.endswith(".wav")]
    masks = [name for name in names if name.startswith("masks/")]
    content = {name: (template / name).read_bytes() for name in names}

    @st.composite
    def build(draw: Draw) -> Hostile:
        kind = draw(st.sampled_from(kinds))
        if kind == "link":
            file = draw(st.sampled_from([*names, "takes", "masks", "autosave", ".foleyscape-lock"]))
            link = draw(st.sampled_from(["symlink", "hardlink", "fifo", "folder", "loop"]))
            return Hostile(kind, file, _scene(draw, content["scene.json"]), link)
        if kind == "WAV":
            file = draw(st.sampled_from(wavs))
            return Hostile(kind, file, _wav(draw, content[file]))
        if kind.endswith("PNG"):
            file = draw(st.sampled_from(masks)) if kind == "mask PNG" else "still.png"
            return Hostile(kind, file, draw(st.sampled_from([_png, _bytes]))(draw, content[file]))
        data = draw(st.sampled_from([_scene, _bytes] if kind == "autosave" else [_scene]))(
            draw, content["scene.json"]
        )
        if kind == "scene bytes":
            data = _bytes(draw, content["scene.json"])
        return Hostile(kind, "scene.json" if kind != "autosave" else "autosave/000003-MARK.json", data)

    return build()


def _scene(draw: Draw, data: bytes) -> bytes:
    """A scene in which some values are something else, are gone, or are there twice."""
    facts = json.loads(data)
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(facts))
        holder, key = draw(st.sampled_from(places))
        how = draw(st.sampled_from(["replace", "replace", "remove", "twice", "add"]))
        if how == "replace":
            holder[key] = draw(_values)
        elif how == "remove":
            del holder[key]
        elif how == "twice" and isinstance(holder, list):
            holder.insert(key, holder[key])
        elif isinstance(holder, dict):
            holder[draw(_odd)] = draw(_values)
        if not isinstance(facts, dict) or not facts:
            break
    return json.dumps(facts).encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in keys and values where something stands."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(pairs):
        yield value, key
        yield from _places(inner)


def _bytes(draw: Draw, data: bytes) -> bytes:
    """Bytes cut short, changed, repeated, or none of the file at all."""
    how = draw(st.sampled_from(["cut", "flip", "insert", "repeat", "other"]))
    at = draw(st.integers(0, max(0, len(data) - 1)))
    if how == "cut":
        return data[:at]
    if how == "flip":
        changed = bytearray(data)
        for place in draw(st.lists(st.integers(0, len(data) - 1), min_size=1, max_size=4)):
            changed[place] = draw(st.integers(0, 255))
        return bytes(changed)
    if how == "insert":
        return data[:at] + draw(st.binary(min_size=1, max_size=20)) + data[at:]
    if how == "repeat":
        return data[:at] + data[: draw(st.integers(1, 200))] * draw(st.integers(1, 50))
    return bytes(draw(st.binary(max_size=200)))


def _wav(draw: Draw, data: bytes) -> bytes:
    """A WAV whose header lies, or whose bytes are damaged."""
    if draw(st.booleans()):
        return _bytes(draw, data)
    changed = bytearray(data)
    fields = {4: "<I", 16: "<I", 20: "<H", 22: "<H", 24: "<I", 28: "<I", 32: "<H", 34: "<H"}
    fields |= {changed.find(name) + 4: "<I" for name in (b"data", b"fact", b"PEAK") if name in changed}
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.sampled_from(sorted(fields)))
        most = 2 ** (8 * struct.calcsize(fields[at])) - 1
        edges = st.sampled_from([0, 1, 2, 6, 17, 0x11, 0x55, 0xFFFE, most, most - 1, most // 2])
        struct.pack_into(fields[at], changed, at, min(most, draw(edges | st.integers(0, most))))
    if draw(st.booleans()):
        changed[0:4] = draw(st.sampled_from([b"RF64", b"RIFX", b"FORM", b"fLaC", b"OggS", b"caff", b"RIFF"]))
    return bytes(changed)


def _png(draw: Draw, data: bytes) -> bytes:
    """A PNG of well-formed chunks, with checksums that fit, which say what they should not."""
    chunks = list(_chunks(data))
    header = list(struct.unpack(">IIBBBBB", chunks[0][1]))
    sides = st.sampled_from([0, 1, 31, 40, 48, 65_535, 100_000, 2**31 - 1, 2**32 - 1])
    for place, values in (
        (0, sides),
        (1, sides),
        (2, st.integers(0, 17)),
        (3, st.integers(0, 7)),
        (6, st.integers(0, 2)),
    ):
        if draw(st.booleans()):
            header[place] = draw(values)
    chunks[0] = (b"IHDR", struct.pack(">IIBBBBB", *header))
    names = st.sampled_from(
        [b"IDAT", b"PLTE", b"tRNS", b"zTXt", b"iCCP", b"iTXt", b"acTL", b"fcTL", b"eXIf", b"gAMA"]
    )
    for _ in range(draw(st.integers(0, 2))):
        body = draw(st.binary(max_size=40))
        if draw(st.booleans()):
            body = b"a\0\0" + zlib.compress(b"\0" * draw(st.sampled_from([10, 100_000, 20_000_000])), 1)
        chunks.insert(draw(st.integers(1, len(chunks))), (draw(names), body))
    if draw(st.booleans()):
        chunks = chunks[: draw(st.integers(1, len(chunks)))]
    return data[:8] + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += length + 12


class Ground:
    """Where hostile projects are opened, with a watch on everything outside them.

    Args:
        base: an empty folder.
        template: a sound project.
    """

    def __init__(self, base: Path, template: Path) -> None:
        self.folder = base / "inner" / "Toy.foley"
        self.escapes: list[str] = []
        self._template = template
        self._outside = base / "outside"
        self._outside.mkdir()
        (self._outside / "precious").write_text("precious")
        self.folder.parent.mkdir()
        self._base = base.resolve()
        self._watching = False
        sys.addaudithook(self._watch)

    def put(self, case: Hostile) -> None:
        """Makes the hostile project."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self._template, self.folder)
        (self.folder / "autosave").mkdir(exist_ok=True)
        path = self.folder / self._named(case)
        if case.link:
            (self.folder / "scene.json").write_bytes(case.data)
            self._link(path, case.link)
        else:
            path.write_bytes(case.data)

    def use(self) -> str:
        """Opens the project and does everything that can be done with it; in a word, what came of it.

        Raises:
            Exception: anything but BadInput and Failed, which is what is looked for.
        """
        self._watching = True
        try:
            return self._use()
        finally:
            self._watching = False

    def harm(self) -> list[str]:
        """What has happened outside the project."""
        found = self.escapes[:]
        if sorted(str(p.relative_to(self._base)) for p in self._base.iterdir()) != ["inner", "outside"]:
            found.append("a file beside the project")
        if [p.name for p in self.folder.parent.iterdir()] != ["Toy.foley"]:
            found.append("a file beside the project")
        kept = {p.name: p.read_text() for p in self._outside.iterdir()}
        if kept != {"precious": "precious"}:
            found.append("a change in another folder")
        return found

    def _use(self) -> str:
        try:
            opened = Project.open(self.folder)
        except (BadInput, Failed) as error:
            _check_sentence(error)
            return "refused"
        with opened.project as project:
            assert problems(opened.scene) == ()
            acts: list[Callable[[], object]] = [
                lambda: project.still(opened.scene),
                lambda: project.collect([]),
            ]
            acts += [lambda d=take.digest: project.takes(d) for take in opened.scene.takes]  # type: ignore[misc]
            acts += [lambda a=one: project.recover(a) for one in opened.recoverable]  # type: ignore[misc]
            acts += [lambda: project.autosave(opened.scene), lambda: project.save(opened.scene)]
            for act in acts:
                try:
                    act()
                except (BadInput, Failed) as error:
                    _check_sentence(error)
        return "opened with warnings" if opened.warnings else "opened"

    def _named(self, case: Hostile) -> str:
        from engine.project.autosaves import saved_mark

        return case.file.replace("MARK", saved_mark((self.folder / "scene.json").read_bytes()))

    def _link(self, path: Path, link: str) -> None:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        if link == "symlink":
            path.symlink_to(self._outside / "precious" if path.suffix else self._outside)
        elif link == "hardlink":
            path.hardlink_to(self._outside / "precious")
        elif link == "fifo":
            os.mkfifo(path)
        elif link == "folder":
            path.mkdir()
        else:
            path.symlink_to(path)

    def _watch(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit hook (PEP 578): every file that Python opens."""
        if not self._watching or event != "open" or not isinstance(arguments[0], str | bytes | os.PathLike):
            return
        path, _, flags = arguments
        text = os.path.abspath(os.fsdecode(path))  # noqa: PTH100
        place = os.path.realpath(os.path.dirname(text))  # noqa: PTH120
        writes = isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        inside = f"{place}/".startswith(f"{self.folder.resolve()}/") or text == str(self.folder)
        ours = f"{place}/".startswith(f"{self._base}/")
        if not inside and (writes or ours):
            self.escapes.append(text)


def _check_sentence(error: BadInput | Failed) -> None:
    """What a person gets to read is one clear sentence or two."""
    words = str(error)
    assert words.endswith(".")
    assert len(words) < 600
    assert "Traceback" not in words
    assert "\n" not in words
