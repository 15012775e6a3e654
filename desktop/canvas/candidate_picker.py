"""What was found in the still, and which of it is wanted. A frozen value; no widgets."""

from dataclasses import dataclass, field, replace

from desktop.vision.candidates import Thing
from engine.scene.masks import Mask


@dataclass(frozen=True, eq=False)
class Finding:
    """Attributes:
    things: found, likeliest first; none while nothing is offered.
    chosen: places in ``things`` of those that are wanted.
    lit: the one under the pointer, or that the keys have come to.
    """

    things: tuple[Thing, ...] = ()
    chosen: frozenset[int] = field(default_factory=frozenset)
    lit: int | None = None

    @property
    def open(self) -> bool:
        return bool(self.things)

    @property
    def wanted(self) -> tuple[Mask, ...]:
        """The masks of the chosen, likeliest first."""
        return tuple(self.things[place].mask for place in sorted(self.chosen))

    @property
    def all_chosen(self) -> bool:
        return len(self.chosen) == len(self.things)

    def toggled(self, place: int) -> "Finding":
        return replace(self, chosen=self.chosen ^ {place})

    def toggled_all(self) -> "Finding":
        """With all of them chosen; where all are, with none."""
        return replace(self, chosen=frozenset() if self.all_chosen else frozenset(range(len(self.things))))

    def lighting(self, place: int | None) -> "Finding":
        return replace(self, lit=place)

    def cycled(self, steps: int) -> "Finding":
        """With the next one lit, the first after none."""
        if not self.things:
            return self
        before = self.lit if self.lit is not None else -1 if steps > 0 else 0
        return self.lighting((before + steps) % len(self.things))

    def at(self, x: float, y: float) -> int | None:
        """The place of what is under a still pixel; of several, the smallest, which lies on the others."""
        row, column = int(y), int(x)
        under = [
            place
            for place, thing in enumerate(self.things)
            if 0 <= row < thing.mask.shape[0]
            and 0 <= column < thing.mask.shape[1]
            and thing.mask[row, column]
        ]
        return min(under, key=lambda place: self.things[place].area, default=None)


def words(count: int, chosen: int, adds: str, leaves: str, *, short: bool = False) -> str:
    """What the bar says.

    Args:
        adds: the key that adds what is chosen. leaves: the key that leaves all; "" for no key.
        short: without what can be done.
    """
    found = "One thing found" if count == 1 else f"{count} things found"
    if short:
        return f"{found}, {chosen} chosen" if chosen else found
    keys = [f"{adds} adds {chosen}"] if adds and chosen else []
    keys += [f"{leaves} leaves {'it' if count == 1 else 'them'}"] if leaves else []
    return ", ".join([f"{found}: click to choose", *keys])
