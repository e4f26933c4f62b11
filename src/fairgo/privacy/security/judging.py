"""Whether a value is what its shape suggests, by the words near it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fairgo.privacy.security.detector import Need, Rule, Shape
from fairgo.privacy.security.labels import Hit, Labels

NEAR, TOGETHER, DIRECTLY = 10, 3, 2
SURE = 0.99  # of what stands for itself and is named, too
FARTHER = 0.002  # what a word between a label and a value takes from the rank among types that both fit


@dataclass(frozen=True, slots=True)
class Nearby:
    """The words near a value. Those after it are asked for only when those before do not decide.

    To a value that is `glued` to letters or signs only the word directly beside it can give a name.
    """

    labels: Labels
    before: Sequence[str]
    after: Callable[[], Sequence[str]]
    glued: bool = False

    def score(self, shape: Shape, rule: Rule, need: Need) -> tuple[float, float] | None:
        """How sure a value is of this type, and its rank among others in the same place; None when it is not."""
        hits = self.labels.before(self.before, shape.type)
        named = [hit for hit in hits if shape.type in hit.types or shape.type in hit.unsure]
        supported = bool(named) and (rule.unsure or self._is_supported(shape))
        supported = supported and (rule.unsure or need is not Need.NAME_ONLY)
        name = next((hit for hit in named if hit.names(shape.type, supported=supported)), None)
        denied = bool(hits) and hits[0].denies(shape.type)
        if name and not (denied and name.distance > hits[0].distance + self._together(hits[0])):
            if self.glued and name.distance:
                return None
            if need is Need.NAME_ONLY and name.distance > self._reach(shape, hits):
                return None
            return _named(rule, name)
        if need < Need.NO_DENIAL and not rule.after:
            return None
        if need is Need.NAME_ONLY and hits and hits[0].distance <= NEAR:
            return None
        return self._by_what_follows(shape, rule, need, denied=denied)

    @staticmethod
    def _reach(shape: Shape, hits: Sequence[Hit]) -> int:
        """How far away a name still means this value: not much farther than a word that names something else."""
        others = (
            hit.distance for hit in hits if shape.type not in hit.types and shape.type not in hit.unsure
        )
        return min(NEAR, next(others, NEAR) + TOGETHER)

    @staticmethod
    def _together(denying: Hit) -> int:
        """How far a name may stand from a word that denies it: "TFN ref 1" is one, "TFN for order 1" is not."""
        return TOGETHER if denying.types or denying.unsure else 1

    def _is_supported(self, shape: Shape) -> bool:
        if not shape.unsure or any(word in shape.support for word in self.before):
            return True
        return any(word in shape.support for word in self.after())

    def _by_what_follows(
        self, shape: Shape, rule: Rule, need: Need, *, denied: bool
    ) -> tuple[float, float] | None:
        after = self.after()
        hits = self.labels.after(after)
        supported = rule.unsure or self._is_supported(shape)
        name = next((hit for hit in hits if hit.names(shape.type, supported=supported)), None)
        if name and ((self.glued and name.distance) or (denied and name.telling)):
            return None
        if name and (need is not Need.NAME_ONLY or name.telling <= DIRECTLY):
            return _named(rule, name)
        denied = denied or (bool(hits) and hits[0].denies(shape.type))
        return (rule.score, rule.score) if need is Need.NO_DENIAL and not denied else None


def _named(rule: Rule, name: Hit) -> tuple[float, float]:
    score = max(rule.score, SURE) if rule.need >= Need.NO_DENIAL else rule.score
    return score, score - FARTHER * name.distance
