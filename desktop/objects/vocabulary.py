"""The names that the chosen model can make sounds for, for completion and for the list of names."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QWidget

from engine.models.free_words import bundled_free_words


@dataclass(frozen=True)
class NameEntry:
    """A thing that a model can make, with everything that it is called."""

    name: str
    words: tuple[str, ...]

    def matches(self, text: str) -> bool:
        """Return whether any of its words holds the text."""
        wanted = text.strip().casefold()
        return any(wanted in word.casefold() for word in self.words)


def name_entries(sounds: frozenset[str] | None) -> tuple[NameEntry, ...]:
    """Return the names that a model can make, in alphabetical order.

    Args:
        sounds: ids of the concepts whose sounds it has learnt; None returns all of the table.
    """
    concepts = bundled_free_words().index.concepts
    known = (concept for concept in concepts if sounds is None or concept.id in sounds)
    return tuple(sorted((NameEntry(it.name, it.words) for it in known), key=lambda entry: entry.name))


def matching(entries: Sequence[NameEntry], text: str) -> list[NameEntry]:
    """Return the entries that match, those whose name begins with the text first."""
    wanted = text.strip().casefold()
    found = [entry for entry in entries if entry.matches(text)]
    return sorted(found, key=lambda entry: not entry.name.casefold().startswith(wanted))


def complete_with(field: QLineEdit, model: QStringListModel, parent: QWidget) -> None:
    """Offer the words of a model while a field is typed in."""
    completer = QCompleter(model, parent)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
    popup = QListView()
    popup.setObjectName("completions")
    completer.setPopup(popup)
    field.setCompleter(completer)


def words_of(entries: Sequence[NameEntry]) -> list[str]:
    """Return all words of the entries, each once, in alphabetical order."""
    return sorted({word for entry in entries for word in entry.words})
