"""Every error of the system is a sentence that is true, whatever the number, and whether it was read or written."""

import errno
import os
from pathlib import Path

import pytest

from engine.errors import BadInput, Failed, FoleyscapeError
from engine.files import as_sentence, disk_errors, read_errors
from engine.files.system_errors import CAUSES, WINDOWS_CAUSES

NUMBERS = sorted(errno.errorcode)


@pytest.mark.parametrize("reading", [False, True])
@pytest.mark.parametrize("number", NUMBERS)
def test_every_number_is_one_sentence_that_names_the_path_and_no_other(number: int, reading: bool) -> None:
    error = OSError(number, os.strerror(number), "/tmp/.foleyscape-staging/x.partial")  # noqa: S108
    sentence = as_sentence(error, Path("/films/mix.wav"), reading=reading)
    assert isinstance(sentence, BadInput | Failed)
    assert "/films/mix.wav" in sentence.message
    assert "staging" not in sentence.message
    assert sentence.message.endswith(".")
    assert "Errno" not in sentence.message
    assert "damaged" not in sentence.message
    verbs = ("be read", "no file", "is a folder") if reading else ("be written", "could not be written")
    assert any(verb in sentence.message for verb in verbs)


@pytest.mark.parametrize("number", [*CAUSES, 9999])
def test_an_error_without_a_known_path_is_a_sentence_too(number: int) -> None:
    named = as_sentence(OSError(number, "so", "/films/mix.wav"))
    assert "/films/mix.wav" in named.message
    for error in (OSError(number, "so"), OSError(number, "so", 7)):
        assert as_sentence(error).message.startswith("A file could not be used: ")
    assert as_sentence(OSError("no usable temporary folder")).message.endswith("no usable temporary folder.")


@pytest.mark.parametrize("number", WINDOWS_CAUSES)
def test_the_numbers_of_windows_say_more_than_pythons(number: int) -> None:
    error = PermissionError(errno.EACCES, "Access is denied", "C:\\films\\mix.wav")
    error.winerror = number  # type: ignore[attr-defined]
    assert WINDOWS_CAUSES[number].writing.split(".")[0] in as_sentence(error).message or number in {39, 112}


def test_what_another_path_would_mend_is_bad_input_and_what_the_machine_cannot_do_a_failure() -> None:
    kinds: dict[int, type[FoleyscapeError]] = {
        errno.ENOSPC: Failed, errno.EACCES: Failed, errno.EMFILE: Failed, errno.EIO: Failed, errno.EROFS: Failed,
        errno.ENOTDIR: BadInput, errno.ELOOP: BadInput, errno.ENAMETOOLONG: BadInput, errno.EISDIR: BadInput,
    }  # fmt: skip
    for number, kind in kinds.items():
        with pytest.raises(kind), disk_errors(Path("x")):
            raise OSError(number, os.strerror(number))
        with pytest.raises(kind), read_errors(Path("x")):
            raise OSError(number, os.strerror(number))


def test_a_name_that_is_no_unicode_is_shown() -> None:
    assert "caf" in as_sentence(OSError(errno.EIO, "x"), os.fsdecode(b"caf\xe9.png")).message
    assert "caf" in as_sentence(OSError(errno.EIO, "x", b"caf\xe9.png")).message
    assert len(as_sentence(OSError(errno.ENAMETOOLONG, "x"), "x" * 5000).message) < 700
