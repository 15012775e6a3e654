"""Whom the model card thanks."""

from pathlib import Path

import pytest

from engine.errors import Failed
from engine.training.credits import pack_credits, read_credits, write_credits
from engine.training.recordings import RecordingClip


def _shared(folder: Path) -> Path:
    esc, foley = folder / "data/esc10", folder / "data/foley"
    for name in ("1-10-A", "2-20-A", "4-40-A"):
        (esc / "rain").mkdir(parents=True, exist_ok=True)
        (esc / "rain" / f"{name}.ogg").write_bytes(b"")
    (esc / "ATTRIBUTION.txt").write_text(
        "## License\n\n002 - Rain:\n"
        "- [1-10-A.ogg]: clip derived from shower (2).wav (http://sounds.example/10/) by ann [CC-BY]\n"
        "- [2-20-A.ogg]:  clip derived from drizzle.wav (http://sounds.example/20/) by bob [CC0]\n"
        "- [4-40-A.ogg]: clip derived from storm.wav (http://sounds.example/40/) by cid [CC-BY]\n"
    )
    foley.mkdir(parents=True)
    (foley / "door.ogg").write_bytes(b"")
    (foley / "ATTRIBUTION.csv").write_text(
        "file,author,licence,source,seconds,sample_rate,channels\n"
        'door.ogg,"dee, the elder",CC BY 4.0,http://sounds.example/50/,1.0,44100,1\n'
    )
    return folder


def test_only_what_was_learnt_from_is_credited_and_cc0_only_counted(tmp_path: Path) -> None:
    found = read_credits(_shared(tmp_path))
    assert [c.file for c in found] == ["1-10-A.ogg", "2-20-A.ogg", "door.ogg"]
    assert [c.is_owed for c in found] == [True, False, True]
    assert found[0].source == "http://sounds.example/10/"
    write_credits(tmp_path / "credits.csv", found)
    assert (tmp_path / "credits.csv").read_text().splitlines() == [
        "recording,author,licence,source",
        "1-10-A.ogg,ann,CC BY 3.0,http://sounds.example/10/",
        'door.ogg,"dee, the elder",CC BY 4.0,http://sounds.example/50/',
    ]


def test_clips_of_packs_are_credited_unless_they_are_kept_apart(tmp_path: Path) -> None:
    pack = tmp_path / "packs" / "misc" / "cow"
    learnt = RecordingClip(
        pack / "moo.ogg", "cow", "misc/moo", "CC-BY 3.0", "ann", source="http://sounds.example/60/"
    )
    free = RecordingClip(pack / "free.ogg", "cow", "misc/free", "Public Domain", "bob")
    apart = RecordingClip(pack / "apart.ogg", "cow", "misc/apart", "CC-BY 3.0", "cid", held_out=True)
    elsewhere = RecordingClip(tmp_path / "foley" / "door.ogg", "door", "foley/door", "CC-BY 3.0", "dee")
    found = pack_credits([learnt, free, apart, elsewhere])
    assert [(c.file, c.author, c.source) for c in found if c.is_owed] == [
        ("moo.ogg", "ann", "http://sounds.example/60/")
    ]


def test_a_recording_without_attribution_stops_the_card(tmp_path: Path) -> None:
    shared = _shared(tmp_path)
    (shared / "data/foley/unknown.ogg").write_bytes(b"")
    with pytest.raises(Failed, match=r"unknown\.ogg"):
        read_credits(shared)


def test_every_recording_of_the_shared_data_has_its_attribution(shared: Path) -> None:
    found = read_credits(shared)
    assert len(found) > 400
    assert all(c.author and c.source for c in found if c.is_owed)
