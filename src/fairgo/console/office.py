"""What every page of the console is made from, and the one way to show a page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from starlette.requests import Request
from starlette.responses import Response

from fairgo.console.measuring import Measured
from fairgo.console.navigation import Crumb, crumbs
from fairgo.core.clock import Clock, system_clock
from fairgo.core.jobs import JobLine
from fairgo.core.policy import Policy
from fairgo.core.ports import Evidence
from fairgo.ledger.recording import Ledger
from fairgo.staff.doors import member_of, sees_the_house, systems_of
from fairgo.staff.rights import Member, Right, allowed
from fairgo.web.rendering import Site, page


@dataclass(frozen=True, slots=True)
class Office:
    """The policy, the ledger, and what is read through ports. `site` is how pages look; `ending` is set when the server stops."""

    site: Site
    policy: Policy
    ledger: Ledger
    measured: Measured
    evidence: Evidence
    ending: Event
    jobs: Callable[[], Sequence[JobLine]]
    clock: Clock = field(default=system_clock)

    def show(
        self,
        request: Request,
        template: str,
        values: Mapping[str, object],
        *way: Crumb,
        status: int = 200,
    ) -> Response:
        """A page in the frame; `way` are the steps of the breadcrumbs below the place."""
        said = {**values, "crumbs": crumbs(path_of(request), *way)}
        return page(self.site, request, template, status=status, values=said)

    def systems(self, request: Request) -> frozenset[str]:
        """The systems that whoever asks may see."""
        return systems_of(member_of(request), self.policy)

    def seen(self, request: Request) -> frozenset[str]:
        """Those systems, and the empty name for what names none, where whoever asks may see that."""
        return self.systems(request) | ({""} if sees_the_house(member_of(request)) else frozenset())

    def may(self, request: Request, right: Right) -> bool:
        """True when whoever asks has the right, or would have it after a step-up."""
        return may(member_of(request), right, self.clock())


class Blank(dict[str, str]):
    """A form's values or faults by field: one that is not there is empty, so that a page may ask for any."""

    def __missing__(self, _name: str) -> str:
        return ""


def may(member: Member, right: Right, at: datetime) -> bool:
    """True when a member has a right, or would after a step-up: what the page offers, not what the door lets through."""
    return right in member.rights and allowed(member, Right.ACCOUNT_OWN, at=at)


def path_of(request: Request) -> str:
    """The path of a request under the mount, such as `/systems/assistant`."""
    root = str(request.scope.get("root_path", ""))
    return "/" + request.url.path.removeprefix(root).strip("/")
