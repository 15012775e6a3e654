"""What was found in the still, and which of it is wanted. A frozen value; no widgets."""

from dataclasses import dataclass, field, replace

from desktop.vision.candidates import MaskCandidate
from engine.scene.masks import Mask


@dataclass(frozen=True, eq=False)
class CandidatePicker:
    """Attributes:
    things: found, likeliest first; none while nothing is offered.
    chosen: places in ``things`` of those that are wanted.
    lit: the one under the pointer, or that the keys have come to.
    """

    candidates: tuple[MaskCandidate, ...] = ()
    selected: frozenset[int] = field(default_factory=frozenset)
    hovered_index: int | None = None

    @property
    def open(self) -> bool:
        return bool(self.candidates)

    @property
    def selected_masks(self) -> tuple[Mask, ...]:
        """The masks of the chosen, likeliest first."""
        return tuple(self.candidates[place].mask for place in sorted(self.selected))

    @property
    def all_selected(self) -> bool:
        return len(self.selected) == len(self.candidates)

    def toggled(self, place: int) -> "CandidatePicker":
        return replace(self, selected=self.selected ^ {place})

    def toggled_all(self) -> "CandidatePicker":
        """With all of them chosen; where all are, with none."""
        return replace(
            self, selected=frozenset() if self.all_selected else frozenset(range(len(self.candidates)))
        )

    def with_hovered(self, place: int | None) -> "CandidatePicker":
        return replace(self, hovered_index=place)

    def cycled(self, steps: int) -> "CandidatePicker":
        """With the next one lit, the first after none."""
        if not self.candidates:
            return self
        before = self.hovered_index if self.hovered_index is not None else -1 if steps > 0 else 0
        return self.with_hovered((before + steps) % len(self.candidates))

    def at(self, x: float, y: float) -> int | None:
        """The place of what is under a still pixel; of several, the smallest, which lies on the others."""
        row, column = int(y), int(x)
        under = [
            place
            for place, thing in enumerate(self.candidates)
            if 0 <= row < thing.mask.shape[0]
            and 0 <= column < thing.mask.shape[1]
            and thing.mask[row, column]
        ]
        return min(under, key=lambda place: self.candidates[place].area, default=None)


def count_text(count: int, selected: int, adds: str, leaves: str, *, short: bool = False) -> str:
    """What the bar says.

    Args:
        adds: the key that adds what is chosen. leaves: the key that leaves all; "" for no key.
        short: without what can be done.
    """
    found = "One thing found" if count == 1 else f"{count} things found"
    if short:
        return f"{found}, {selected} chosen" if selected else found
    keys = [f"{adds} adds {selected}"] if adds and selected else []
    keys += [f"{leaves} leaves {'it' if count == 1 else 'them'}"] if leaves else []
    return ", ".join([f"{found}: click to choose", *keys])
