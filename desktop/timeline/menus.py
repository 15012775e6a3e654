"""Context menus of clips, markers, tracks and their heads."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QWidget, QWidgetAction

from desktop.actions.actions import shown_key
from desktop.actions.key_map import KeyMap
from desktop.theme.colour_menu import colour_menu
from desktop.timeline.clip_naming import ClipNaming
from desktop.timeline.commander import Commander
from desktop.timeline.fader import Fader
from desktop.timeline.header import spoken_pan
from desktop.timeline.interaction.hit_test import Hit
from desktop.timeline.painting.view_state import track_colour
from engine.scene.scene import Scene
from engine.scene.timeline import Clip, FadeShape, Marker, Track

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
    naming: ClipNaming,
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
        _marker_menu(menu, marker, commander, naming)
    elif hit.clip is not None and hit.at is not None:
        _clip_marker_menu(menu, hit.clip, hit.at, commander, naming)
    elif hit.clip is not None:
        _clip_menu(menu, commander, naming, keys)
    else:
        _lane_menu(menu, hit, scene, commander, naming, keys)
    return menu


def track_menu(
    track: Track, scene: Scene, commander: Commander, rename: Callable[[], None], parent: QWidget
) -> QMenu:
    """Return the context menu of a track's head; ``rename`` lets the name be edited there."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    number, row = track.id, scene.timeline.tracks.index(track)
    menu.addAction("Re&name", rename)
    colour = track_colour(scene, track)
    colours = colour_menu(menu, colour, "Of its object", partial(commander.recolour_track, number))
    menu.addMenu(colours).setText("&Colour")
    menu.addSeparator()
    _checkable(menu, "&Solo", track.soloed, lambda: commander.solo_track(number, on=not track.soloed))
    _checkable(menu, "&Mute", track.muted, lambda: commander.mute_track(number, on=not track.muted))
    menu.addAction("Select its cl&ips", lambda: commander.select_track(number)).setEnabled(bool(track.clips))
    menu.addSeparator()
    _track_actions(menu, number, row, len(scene.timeline.tracks), commander)
    return menu


def _clip_menu(menu: QMenu, commander: Commander, naming: ClipNaming, keys: KeyMap) -> None:
    clips = commander.clips()
    menu.addAction(_keyed("&Split at playhead", "split", keys), commander.split)
    menu.addAction(_keyed("Re&name…", "rename_clip", keys), naming.rename_clips)
    menu.addAction(_keyed("Add mar&ker…", "mark_clip", keys), naming.mark_clips)
    menu.addSeparator()
    menu.addAction(_keyed("Cu&t", "cut", keys), commander.cut)
    menu.addAction(_keyed("&Copy", "copy", keys), commander.copy)
    menu.addAction(_keyed("&Duplicate", "duplicate", keys), commander.duplicate)
    menu.addAction(_keyed("D&elete", "delete", keys), commander.delete)
    menu.addAction(_keyed("R&ipple delete", "ripple_delete", keys), commander.ripple_delete)
    menu.addSeparator()
    menu.addAction(_keyed("&Group", "group", keys), commander.group).setEnabled(len(clips) > 1)
    ungroup = menu.addAction(_keyed("&Ungroup", "ungroup", keys), commander.ungroup)
    ungroup.setEnabled(commander.can_ungroup())
    menu.addSeparator()
    _take_menu(menu, commander, keys)
    silent = all(clip.muted for clip in clips)
    menu.addAction("Un&mute" if silent else "&Mute", commander.mute)
    if clips:
        _clip_faders(menu, clips[0], commander)
    shapes = menu.addMenu("&Fade shape")
    for words, shape in SHAPES:
        shapes.addAction(words, partial(commander.shape_fades, shape))
    _checkable(menu, "&Automatic fades", any(clip.auto_fades for clip in clips), commander.toggle_clip_fades)
    menu.addSeparator()
    for words, do in (("C&rossfade", commander.crossfade), ("&Join", commander.join)):
        menu.addAction(words, do).setEnabled(commander.can_pair())


def _clip_faders(menu: QMenu, clip: Clip, commander: Commander) -> None:
    gain = Fader((-600, 240), 0, "Gain of clips", _decibels)
    gain.show_value(round(clip.gain_db * 10))
    _add_fader(menu, "Gain", gain, _decibels, lambda value: commander.set_gain(value / 10))
    pan = Fader((-100, 100), 0, "Pan of clips", spoken_pan)
    pan.show_value(round(clip.pan * 100))
    _add_fader(menu, "Pan", pan, spoken_pan, lambda value: commander.set_pan(value / 100))


def _take_menu(menu: QMenu, commander: Commander, keys: KeyMap) -> None:
    """Add the takes that the selected clips can play, with a mark at the one they do."""
    takes = commander.alternatives()
    inside = menu.addMenu("Ta&ke")
    inside.setEnabled(len(takes) > 1)
    used = {clip.take for clip in commander.clips()}
    for take in takes:
        star = " ★" if take.starred else ""
        words = f"{take.name} {take.number}{star}".replace("&", "&&")
        _checkable(inside, words, take.digest in used, partial(commander.use_take, take.digest))
    inside.addSeparator()
    inside.addAction(_keyed("&Next take", "next_take", keys), lambda: commander.step_take(1))
    inside.addAction(_keyed("&Previous take", "previous_take", keys), lambda: commander.step_take(-1))


def _marker_menu(menu: QMenu, marker: Marker, commander: Commander, naming: ClipNaming) -> None:
    menu.addAction("Re&name…", lambda: naming.rename_marker(marker))
    words = "Make it a &marker" if marker.hit else "Make it a &hit-point"
    menu.addAction(words, lambda: commander.turn_marker(marker.id, hit=not marker.hit))
    menu.addAction("D&elete", lambda: commander.remove_marker(marker.id))


def _clip_marker_menu(menu: QMenu, clip: int, at: int, commander: Commander, naming: ClipNaming) -> None:
    menu.addAction("Re&name…", lambda: naming.rename_clip_marker(clip, at))
    menu.addAction("D&elete", lambda: commander.remove_clip_marker(clip, at))


def _lane_menu(
    menu: QMenu, hit: Hit, scene: Scene, commander: Commander, naming: ClipNaming, keys: KeyMap
) -> None:
    menu.addAction(_keyed("&Paste at playhead", "paste", keys), commander.paste).setEnabled(
        commander.has_copied
    )
    menu.addAction(_keyed("Add &marker", "marker", keys), naming.add_marker)
    menu.addAction(_keyed("Add &hit-point", "hit", keys), lambda: commander.mark(hit=True))
    menu.addSeparator()
    tracks = scene.timeline.tracks
    if 0 <= hit.row < len(tracks):
        _track_actions(menu, tracks[hit.row].id, hit.row, len(tracks), commander)
    else:
        menu.addAction("Add &track", commander.add_track)


def _track_actions(menu: QMenu, number: int, row: int, count: int, commander: Commander) -> None:
    menu.addAction("Add &track", commander.add_track)
    up = menu.addAction("Move track &up", lambda: commander.move_track(number, row - 1))
    down = menu.addAction("Move track &down", lambda: commander.move_track(number, row + 1))
    up.setEnabled(row > 0)
    down.setEnabled(row < count - 1)
    menu.addAction("&Remove track", lambda: commander.remove_track(number))


def _checkable(menu: QMenu, words: str, on: bool, do: Callable[[], object]) -> None:
    action = menu.addAction(words)
    action.setCheckable(True)
    action.setChecked(on)
    action.triggered.connect(lambda _=False: do())


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
