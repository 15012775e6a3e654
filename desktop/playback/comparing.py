"""Which two takes are compared, and which of them is heard."""

from dataclasses import dataclass, replace

from engine.scene.scene import Scene


@dataclass(frozen=True)
class Pair:
    """Two takes to be heard by turns.

    Attributes:
        a, b: their digests.
        second: whether B is heard.
        gain_db: by how much the one that is heard is turned down; None until it has been measured.
    """

    a: str
    b: str
    second: bool = False
    gain_db: float | None = None

    @property
    def heard(self) -> str:
        return self.b if self.second else self.a

    @property
    def other(self) -> str:
        return self.a if self.second else self.b

    def switched(self) -> "Pair":
        return replace(self, second=not self.second, gain_db=None)


def pair_of(scene: Scene, selection: tuple[int, ...]) -> Pair | None:
    """What to compare for this selection: the take in use of the first object against its newest other, if any."""
    for number in selection[:1]:
        takes = [take for take in scene.takes if number in take.objects and not take.rejected]
        used = scene.chosen_of(number)
        first = used if used in takes else next(iter(takes), None)
        others = [take for take in takes if take is not first]
        if first is not None and others:
            return Pair(first.digest, others[-1].digest)
    return None
