"""What every resource of the API is read from."""

from dataclasses import dataclass, field

from fairgo.core.clock import Clock, system_clock
from fairgo.core.policy import Policy
from fairgo.core.ports import Evidence, Overview
from fairgo.ledger.recording import Ledger
from fairgo.staff.doors import sees_the_house, systems_of
from fairgo.staff.rights import Member
from fairgo.web.cursors import Cursors


@dataclass(frozen=True, slots=True)
class Desk:
    """The policy, the ledger, and what is read through ports. `receipt` gives the receipt of a leaf."""

    policy: Policy
    ledger: Ledger
    overview: Overview
    evidence: Evidence
    secret: bytes = field(repr=False)
    clock: Clock = field(default=system_clock)

    def systems(self, member: Member) -> frozenset[str]:
        """The systems a member may see."""
        return systems_of(member, self.policy)

    def named(self, member: Member) -> frozenset[str]:
        """What a leaf or an audit may name for the member to see it: their systems; "" is what names none."""
        return self.systems(member) | ({""} if sees_the_house(member) else frozenset())

    def cursors(self, of: str, member: Member) -> Cursors:
        """The cursors of a list for this member."""
        return Cursors(self.secret, f"{of}/{member.tenant}/{member.id}")
