"""The physical parameters of an object: shown for generators that have them, and acting on the next take."""

import pytest
from PySide6.QtWidgets import QToolButton

from desktop.objects.parameter_panel import ParameterPanel
from engine.generation.object_aware import object_aware_info
from engine.generation.procedural import INFO
from engine.scene.sound_controls import SoundControls
from tests.desktop.objects.toy import Bench


def controls_of(it: Bench) -> SoundControls:
    found = it.document.scene.object(0)
    assert found is not None
    return found.controls


@pytest.fixture
def panel(made: Bench) -> ParameterPanel:
    made.panel.footer.set_generators((INFO, object_aware_info("toy")))
    card = made.panel.card(0)
    card.expand.emit(True)
    assert card.parameters is not None
    return card.parameters


def test_a_dog_has_size_distance_and_pace_and_no_surface(panel: ParameterPanel) -> None:
    assert set(panel.sliders) == {"size", "distance", "pace"}
    assert panel.isVisible()


def test_a_generator_without_parameters_shows_none(made: Bench, panel: ParameterPanel) -> None:
    made.panel.footer.generator.setCurrentIndex(1)
    assert not panel.isVisible()
    assert panel.sliders == {}


def test_a_slider_sets_the_parameter_as_one_step_of_undo_and_the_dice_leave_it_to_chance(
    made: Bench, panel: ParameterPanel
) -> None:
    for place in (20, 60, 80):
        panel.sliders["pace"].setValue(place)
    panel.sliders["pace"].sliderReleased.emit()
    assert controls_of(made).parameters == (("pace", 0.8),)
    dice = next(it for it in panel.findChildren(QToolButton) if it.accessibleName() == "Random pace")
    dice.click()
    assert controls_of(made).parameters == ()
    made.document.undo()
    assert controls_of(made).parameters == (("pace", 0.8),)
    made.document.undo()
    assert controls_of(made).parameters == ()
    assert panel.sliders["pace"].value() == 50
