"""The index follows its folders: what is new, changed, moved, copied, gone, damaged or not there now."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from engine.errors import BadInput, Cancelled
from engine.library.indexer import Indexer
from engine.library.library import UPDATING, Library
from engine.library.vectors import codes_of
from engine.progress import Progress
from tests.engine.library.tones import BandEmbedder, tone, updated, write_tone


def names(library: Library) -> list[str]:
    """The files that are known and can be used."""
    rows = library.database.connection.execute("SELECT path FROM files WHERE content IS NOT NULL")
    return sorted(os.path.basename(os.fsdecode(row[0])) for row in rows)  # noqa: PTH119


def check(library: Library) -> None:
    """Every content has its windows and at least one file; every row is used once and holds its own vector."""
    read = library.database.connection
    assert (
        read.execute("SELECT COUNT(*) FROM contents WHERE id NOT IN (SELECT content FROM files)").fetchone()[
            0
        ]
        == 0
    )
    assert (
        read.execute(
            "SELECT COUNT(*) FROM contents WHERE id NOT IN (SELECT content FROM windows)"
        ).fetchone()[0]
        == 0
    )
    assert (
        read.execute(
            "SELECT COUNT(*) FROM windows WHERE content NOT IN (SELECT id FROM contents)"
        ).fetchone()[0]
        == 0
    )
    assert (
        read.execute("SELECT COUNT(*) FROM windows WHERE row IN (SELECT row FROM free_rows)").fetchone()[0]
        == 0
    )
    assert (
        read.execute("SELECT COUNT(*) FROM texts").fetchone()
        == read.execute("SELECT COUNT(*) FROM files").fetchone()
    )
    assert library._damaged() == []
    paths = [(row[0], row[1]) for row in read.execute("SELECT folder, path FROM files")]
    assert len(paths) == len(set(paths))


def test_new_files_are_added_once(library: Library, embedder: BandEmbedder) -> None:
    assert updated(library, embedder).added == 4
    again = updated(library, embedder)
    assert (again.added, again.changed, again.moved, again.removed) == (0, 0, 0, 0)
    assert embedder.embedded == 4
    check(library)


def test_a_moved_file_is_not_embedded_again(indexed: Library, sounds: Path) -> None:
    (sounds / "new").mkdir()
    (sounds / "high_tone.wav").rename(sounds / "new" / "renamed.wav")
    embedder = BandEmbedder()
    report = updated(indexed, embedder)
    assert (report.added, report.moved, report.removed, embedder.embedded) == (0, 1, 1, 0)
    assert "renamed.wav" in names(indexed)
    check(indexed)


def test_a_copy_shares_the_content(indexed: Library, sounds: Path) -> None:
    shutil.copy(sounds / "high_tone.wav", sounds / "copy.wav")
    assert updated(indexed).moved == 1
    assert [sorted(path.name for path in copies) for copies in indexed.duplicates()] == [
        ["copy.wav", "high_tone.wav"]
    ]
    (sounds / "high_tone.wav").unlink()
    updated(indexed)
    assert list(indexed.duplicates()) == []
    check(indexed)


def test_a_changed_file_is_embedded_again_and_keeps_its_star(indexed: Library, sounds: Path) -> None:
    indexed.set_starred(indexed.database.content_of(digest_of(indexed, "high_tone.wav")) or 0, starred=True)
    write_tone(sounds / "high_tone.wav", 900, 2.0)
    embedder = BandEmbedder()
    report = updated(indexed, embedder)
    assert (report.changed, embedder.embedded) == (1, 1)
    assert indexed.database.connection.execute("SELECT SUM(starred) FROM contents").fetchone()[0] == 1
    check(indexed)


def digest_of(library: Library, name: str) -> bytes:
    rows = library.database.connection.execute(
        "SELECT path, digest FROM files JOIN contents ON contents.id = files.content"
    )
    return next(bytes(digest) for path, digest in rows if os.fsdecode(path).endswith(name))


def test_a_file_that_is_only_touched_is_not_embedded_again(indexed: Library, sounds: Path) -> None:
    os.utime(sounds / "high_tone.wav", (1, 1))
    embedder = BandEmbedder()
    report = updated(indexed, embedder)
    assert (report.changed, embedder.embedded) == (0, 0)
    assert updated(indexed).changed == 0
    check(indexed)


def test_two_files_that_change_places_keep_their_contents(indexed: Library, sounds: Path) -> None:
    one, two = sounds / "high_tone.wav", sounds / "middle_tone.wav"
    held = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(held)
    os.utime(one, (5, 5))
    os.utime(two, (5, 5))
    updated(indexed)
    assert len(names(indexed)) == 4
    check(indexed)


def test_an_old_content_that_moves_while_its_file_is_overwritten_is_kept(
    indexed: Library, sounds: Path
) -> None:
    held = (sounds / "middle_tone.wav").read_bytes()
    write_tone(sounds / "middle_tone.wav", 3_000, 2.0)
    (sounds / "zz_old.wav").write_bytes(held)
    updated(indexed)
    assert len(names(indexed)) == 5
    check(indexed)


def test_a_file_that_is_gone_goes(indexed: Library, sounds: Path) -> None:
    (sounds / "high_tone.wav").unlink()
    assert updated(indexed).removed == 1
    assert "high_tone.wav" not in names(indexed)
    check(indexed)


def test_rows_that_were_given_back_are_used_again(indexed: Library, sounds: Path) -> None:
    rows = len(indexed.vectors)
    (sounds / "high_tone.wav").unlink()
    updated(indexed)
    write_tone(sounds / "other.wav", 3_000)
    updated(indexed)
    assert len(indexed.vectors) == rows
    check(indexed)


@pytest.mark.parametrize("away", ["missing", "empty", "locked"])
def test_a_folder_that_is_not_there_now_is_left_alone(
    indexed: Library, sounds: Path, away: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sounds.rename(sounds.with_name("elsewhere"))
    if away == "empty":
        sounds.mkdir()
    if away == "locked":
        monkeypatch.setattr(os, "scandir", refuses)
    report = updated(indexed)
    assert report.offline == [sounds]
    assert report.removed == 0
    assert len(names(indexed)) == 4


def refuses(*_: object) -> NoReturn:
    raise PermissionError(13, "Permission denied")


def test_a_folder_below_that_cannot_be_listed_is_said_and_its_files_are_kept(
    indexed: Library, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = os.scandir

    def scandir(path: Path) -> object:
        if Path(path).name == "deep":
            refuses()
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    report = updated(indexed)
    assert [path for path, _ in report.failed] == [sounds / "deep"]
    assert len(names(indexed)) == 4


def make_text(path: Path) -> None:
    path.write_text("hello")


def make_empty(path: Path) -> None:
    path.write_bytes(b"")


def make_cut_off(path: Path) -> None:
    path.write_bytes(write_tone(path.with_suffix(".flac"), 500).read_bytes()[:60])
    path.with_suffix(".flac").unlink()


@pytest.mark.parametrize("make", [make_text, make_empty, make_cut_off])
def test_a_bad_file_is_listed_and_stops_nothing(
    library: Library, sounds: Path, make: Callable[[Path], None]
) -> None:
    make(sounds / "a_bad.wav")
    report = updated(library)
    assert report.added == 4
    assert [path for path, _ in report.failed] == [sounds / "a_bad.wav"]
    assert all(reason.endswith(".") for _, reason in library.problems())
    again = updated(library)
    assert again.failed == []  # it is not read again until it changes
    write_tone(sounds / "a_bad.wav", 700)
    assert updated(library).changed == 1
    check(library)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_with_the_name_of_a_sound_is_left_out(library: Library, sounds: Path) -> None:
    os.mkfifo(sounds / "pipe.wav")
    assert updated(library).failed == []


def test_links_that_lead_in_circles_do_no_harm(library: Library, sounds: Path) -> None:
    (sounds / "deep" / "up").symlink_to(sounds, target_is_directory=True)
    (sounds / "nowhere.wav").symlink_to(sounds / "missing.wav")
    assert updated(library).added == 4


def test_names_that_are_not_valid_text_are_kept(library: Library, sounds: Path) -> None:
    strange = os.fsencode(sounds) + b"/caf\xe9.wav"
    try:
        shutil.copy(os.fsencode(sounds / "high_tone.wav"), strange)
    except OSError:
        pytest.skip("this file system has no such names")
    updated(library)
    assert len(names(library)) == 5
    assert any(os.fsencode(path) == strange for copies in library.duplicates() for path in copies)


def test_another_model_embeds_everything_again_and_keeps_stars(indexed: Library, sounds: Path) -> None:
    indexed.set_starred(1, starred=True)
    other = BandEmbedder("bands-2")
    assert updated(indexed, other).reread == 4
    assert other.embedded == 4
    assert updated(indexed, other).reread == 0
    assert indexed.database.connection.execute("SELECT SUM(starred) FROM contents").fetchone()[0] == 1
    check(indexed)


def test_cancelling_keeps_what_was_read(library: Library) -> None:
    def cancelled_at_second() -> bool:
        return library.database.connection.execute("SELECT COUNT(*) FROM files").fetchone()[0] >= 2

    with pytest.raises(Cancelled):
        Indexer(library, BandEmbedder(), threads=1).update(
            progress=Progress(is_cancelled=cancelled_at_second)
        )
    assert len(names(library)) == 2
    embedder = BandEmbedder()
    assert updated(library, embedder).added == 2
    assert embedder.embedded <= 2 + 2
    check(library)


def test_after_a_power_failure_damaged_vectors_are_made_again(indexed: Library) -> None:
    with indexed.database.transaction():
        indexed.database.set_fact(UPDATING, "yes")
    indexed.vectors.write([1], codes_of(np.full((1, 512), 0.04, np.float32)))
    assert indexed._damaged()
    assert updated(indexed).reread == 1
    check(indexed)


def test_vectors_that_were_lost_are_made_again(indexed: Library) -> None:
    indexed.vectors.path.unlink()
    assert updated(indexed).reread == 4
    check(indexed)


def test_folders_that_contain_one_another_are_refused(indexed: Library, sounds: Path) -> None:
    for path in (sounds / "deep", sounds.parent, sounds / "high_tone.wav", sounds / "none"):
        with pytest.raises(BadInput):
            indexed.add_folder(path)


def test_a_folder_that_is_removed_takes_its_files_with_it_and_leaves_the_recordings(
    indexed: Library, sounds: Path
) -> None:
    indexed.remove_folder(sounds)
    assert names(indexed) == []
    assert (sounds / "high_tone.wav").is_file()
    check(indexed)


def test_progress_reports_every_file(library: Library) -> None:
    said: list[float] = []
    Indexer(library, BandEmbedder()).update(progress=Progress(lambda fraction, _: said.append(fraction)))
    assert said == sorted(said)
    assert len(said) >= 5
    assert said[-1] == 1.0


def test_long_files_use_several_rows(library: Library, sounds: Path) -> None:
    import soundfile

    soundfile.write(sounds / "long.wav", np.concatenate([tone(300, 5.0), tone(2_000, 5.0)]), 16_000)
    updated(library)
    windows = library.database.windows(library.database.content_of(digest_of(library, "long.wav")) or 0)
    assert [window.start for _, window in windows] == [0.0, 5.0]
