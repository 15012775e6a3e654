"""Context menus of clips, markers and tracks."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QWidget, QWidgetAction

from desktop.actions.actions import shown_key
from desktop.actions.key_map import KeyMap
from desktop.timeline.commander import Commander
from desktop.timeline.fader import Fader
from desktop.timeline.header import spoken_pan
from desktop.timeline.interaction.hit_test import Hit
from engine.scene.scene import Scene
from engine.scene.timeline import FadeShape, Marker

SHAPES: tuple[tuple[str, FadeShape], ...] = (
    ("&Linear", "linear"),
    ("&Equal power", "equal_power"),
    ("&S curve", "s_curve"),
    ("E&xponential", "exponential"),
)


def menu_for(
    hit: Hit,
    scene: Scene,
    commander: Commander,
    rename: Callable[[Marker], None],
    settle: Callable[[], None],
    parent: QWidget,
    *,
    keys: KeyMap,
) -> QMenu:
    """Return the context menu for what was hit, showing the keys of the same commands."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.aboutToHide.connect(settle)
    marker = next((mark for mark in scene.timeline.markers if mark.id == hit.marker), None)
    if marker is not None:
        _marker_menu(menu, marker, commander, rename)
    elif hit.clip is not None:
        _clip_menu(menu, commander, keys)
    else:
        _track_menu(menu, hit, scene, commander, keys, rename)
    return menu


def _clip_menu(menu: QMenu, commander: Commander, keys: KeyMap) -> None:
    clips = commander.clips()
    menu.addAction(_keyed("&Split at playhead", "split", keys), commander.split)
    menu.addSeparator()
    menu.addAction(_keyed("Cu&t", "cut", keys), commander.cut)
    menu.addAction(_keyed("&Copy", "copy", keys), commander.copy)
    menu.addAction(_keyed("&Duplicate", "duplicate", keys), commander.duplicate)
    menu.addAction(_keyed("D&elete", "delete", keys), commander.delete)
    menu.addSeparator()
    silent = all(clip.muted for clip in clips)
    menu.addAction("Un&mute" if silent else "&Mute", commander.mute)
    if clips:
        gain = Fader((-600, 240), 0, "Gain of clips", _decibels)
        gain.show_value(round(clips[0].gain_db * 10))
        _add_fader(menu, "Gain", gain, _decibels, lambda value: commander.set_gain(value / 10))
        pan = Fader((-100, 100), 0, "Pan of clips", spoken_pan)
        pan.show_value(round(clips[0].pan * 100))
        _add_fader(menu, "Pan", pan, spoken_pan, lambda value: commander.set_pan(value / 100))
    shapes = menu.addMenu("&Fade shape")
    for words, shape in SHAPES:
        shapes.addAction(words, partial(commander.shape_fades, shape))
    menu.addSeparator()
    for words, do in (("C&rossfade", commander.crossfade), ("&Join", commander.join)):
        menu.addAction(words, do).setEnabled(commander.can_pair())


def _marker_menu(menu: QMenu, marker: Marker, commander: Commander, rename: Callable[[Marker], None]) -> None:
    menu.addAction("Re&name…", lambda: rename(marker))
    words = "Make it a &marker" if marker.hit else "Make it a &hit-point"
    menu.addAction(words, lambda: commander.turn_marker(marker.id, hit=not marker.hit))
    menu.addAction("D&elete", lambda: commander.remove_marker(marker.id))


def _track_menu(
    menu: QMenu,
    hit: Hit,
    scene: Scene,
    commander: Commander,
    keys: KeyMap,
    rename: Callable[[Marker], None],
) -> None:
    def mark_and_name() -> None:
        marker = commander.new_marker()
        if marker is not None:
            rename(marker)

    menu.addAction(_keyed("&Paste at playhead", "paste", keys), commander.paste).setEnabled(
        commander.has_copied
    )
    menu.addAction(_keyed("Add &marker", "marker", keys), mark_and_name)
    menu.addAction(_keyed("Add &hit-point", "hit", keys), lambda: commander.mark(hit=True))
    menu.addSeparator()
    menu.addAction("Add &track", commander.add_track)
    tracks = scene.timeline.tracks
    if 0 <= hit.row < len(tracks):
        number = tracks[hit.row].id
        up = menu.addAction("Move track &up", lambda: commander.move_track(number, hit.row - 1))
        down = menu.addAction("Move track &down", lambda: commander.move_track(number, hit.row + 1))
        up.setEnabled(hit.row > 0)
        down.setEnabled(hit.row < len(tracks) - 1)
        menu.addAction("&Remove track", lambda: commander.remove_track(number))


def _keyed(text: str, id_: str, keys: KeyMap) -> str:
    """Return a menu text with the key of the command."""
    return f"{text}\t{shown_key(id_, keys)}"


def _add_fader(
    menu: QMenu, name: str, fader: Fader, words: Callable[[int], str], change: Callable[[int], None]
) -> None:
    """Add a slider with a value label to the menu."""
    holder = QWidget(menu)
    row = QHBoxLayout(holder)
    row.setContentsMargins(12, 3, 12, 3)
    says = QLabel(words(fader.value()), holder)
    fader.setMinimumWidth(110)
    says.setMinimumWidth(64)
    row.addWidget(QLabel(name, holder))
    row.addWidget(fader, 1)
    row.addWidget(says)
    fader.moved.connect(lambda now: says.setText(words(now)))
    fader.moved.connect(change)
    action = QWidgetAction(menu)
    action.setDefaultWidget(holder)
    menu.addAction(action)


def _decibels(value: int) -> str:
    return f"{value / 10:+.1f} dB"
