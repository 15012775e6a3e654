"""Selection among the candidates found in the still. A frozen value; no widgets."""

from dataclasses import dataclass, field, replace

from desktop.vision.candidates import MaskCandidate
from engine.scene.masks import Mask


@dataclass(frozen=True, eq=False)
class CandidatePicker:
    """The candidates on offer and which of them are selected.

    Attributes:
        candidates: found candidates, likeliest first; empty while none are offered.
        selected: indices in ``candidates`` of the selected ones.
        hovered_index: the one under the pointer or reached by keys, or None.
    """

    candidates: tuple[MaskCandidate, ...] = ()
    selected: frozenset[int] = field(default_factory=frozenset)
    hovered_index: int | None = None

    @property
    def open(self) -> bool:
        return bool(self.candidates)

    @property
    def selected_masks(self) -> tuple[Mask, ...]:
        """Masks of the selected candidates, likeliest first."""
        return tuple(self.candidates[place].mask for place in sorted(self.selected))

    @property
    def all_selected(self) -> bool:
        return len(self.selected) == len(self.candidates)

    def toggled(self, place: int) -> "CandidatePicker":
        return replace(self, selected=self.selected ^ {place})

    def toggled_all(self) -> "CandidatePicker":
        """Return a picker with all candidates selected, or none if all were."""
        return replace(
            self, selected=frozenset() if self.all_selected else frozenset(range(len(self.candidates)))
        )

    def with_hovered(self, place: int | None) -> "CandidatePicker":
        return replace(self, hovered_index=place)

    def cycled(self, steps: int) -> "CandidatePicker":
        """Return a picker with the next candidate hovered; the first if none was."""
        if not self.candidates:
            return self
        before = self.hovered_index if self.hovered_index is not None else -1 if steps > 0 else 0
        return self.with_hovered((before + steps) % len(self.candidates))

    def at(self, x: float, y: float) -> int | None:
        """Return the index of the candidate under a still pixel, the smallest of several, or None."""
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
    """Return the bar's text.

    Args:
        count: number of candidates.
        selected: number of selected ones.
        adds: key that adds the selected ones, or "".
        leaves: key that leaves the picker, or "".
        short: leave out the keys.
    """
    found = "One thing found" if count == 1 else f"{count} things found"
    if short:
        return f"{found}, {selected} chosen" if selected else found
    keys = [f"{adds} adds {selected}"] if adds and selected else []
    keys += [f"{leaves} skips {'it' if count == 1 else 'them'}"] if leaves else []
    return ", ".join([f"{found}: click to choose", *keys])
