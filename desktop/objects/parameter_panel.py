"""Controls of the physical parameters of an object's sound."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSlider, QWidget

from desktop.objects.controls import IconMaker, field_label, small_button
from engine.generation.generator import Parameter
from engine.scene.sound_controls import FREE, SoundControls

STEPS = 100
RANDOM = "random"


class _Slider(QSlider):
    """A slider that ignores the wheel, so that scrolling the list does not change it."""

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        event.ignore()


class ParameterPanel(QWidget):
    """A slider for each parameter, and a button that leaves it to chance again.

    Signals:
        changed(object): the new ``SoundControls``.
        finished(): a slider was let go.
    """

    changed = Signal(object)
    finished = Signal()

    def __init__(self, icons: IconMaker, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons = icons
        self._controls = FREE
        self._parameters: tuple[Parameter, ...] = ()
        self.sliders: dict[str, QSlider] = {}
        self._values: dict[str, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 2)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)

    def show_parameters(self, parameters: Sequence[Parameter], controls: SoundControls) -> None:
        """Show these parameters, with the values of an object."""
        if tuple(parameters) != self._parameters:
            self._parameters = tuple(parameters)
            self._rebuild()
        self._controls = controls
        values = dict(controls.parameters)
        for parameter in self._parameters:
            self._show_value(parameter, values.get(parameter.name))
        self.setVisible(bool(self._parameters))

    def _show_value(self, parameter: Parameter, value: float | None) -> None:
        slider = self.sliders[parameter.name]
        slider.blockSignals(True)
        span = parameter.most - parameter.least
        middle = (parameter.least + parameter.most) / 2
        slider.setValue(round(((middle if value is None else value) - parameter.least) / span * STEPS))
        slider.blockSignals(False)
        self._values[parameter.name].setText(
            RANDOM if value is None else f"{value:.2f} {parameter.unit}".strip()
        )

    def _rebuild(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.sliders, self._values = {}, {}
        for row, parameter in enumerate(self._parameters):
            self._add_row(row, parameter)

    def _add_row(self, row: int, parameter: Parameter) -> None:
        slider = _Slider(Qt.Orientation.Horizontal, self)
        slider.setRange(0, STEPS)
        slider.setAccessibleName(parameter.label)
        slider.setToolTip(parameter.tip)
        slider.valueChanged.connect(lambda place: self._commit(parameter, place))
        slider.sliderReleased.connect(self.finished)
        value = QLabel(RANDOM, self)
        value.setObjectName("number")
        dice = small_button(
            self, self._icons("dice"), f"Random {parameter.label.lower()}", "Leave it to the seed"
        )
        dice.clicked.connect(lambda: self.changed.emit(self._controls.with_parameter(parameter.name, None)))
        self.sliders[parameter.name], self._values[parameter.name] = slider, value
        for column, widget in enumerate((field_label(self, parameter.label, slider), slider, value, dice)):
            self._grid.addWidget(widget, row, column)

    def _commit(self, parameter: Parameter, place: int) -> None:
        value = round(parameter.least + (parameter.most - parameter.least) * place / STEPS, 4)
        self.changed.emit(self._controls.with_parameter(parameter.name, value))
