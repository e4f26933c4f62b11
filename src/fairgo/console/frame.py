"""The frame around every page of the console: whose house, who is signed in, the menu, what they may do here."""

from collections.abc import Callable, Mapping

from starlette.requests import Request

from fairgo.console.navigation import crumbs, menu, place_of
from fairgo.console.office import may, path_of
from fairgo.core.clock import Clock
from fairgo.staff import forms
from fairgo.staff.doors import MEMBER
from fairgo.staff.rights import Member, Right, Role

ROLES: Mapping[Role, str] = {
    Role.OWNER: "Owner",
    Role.ENGINEER: "Engineer",
    Role.ANALYST: "Analyst",
    Role.PRIVACY_OFFICER: "Privacy officer",
    Role.DESK_AGENT: "Desk agent",
    Role.COMMITTEE_MEMBER: "Committee member",
    Role.AUDITOR: "Auditor",
    Role.STAFF: "Staff",
}
# Before anybody is signed in there is no menu and no search.
OUTSIDE: Mapping[str, object] = {
    "member": None,
    "member_roles": "",
    "menu": (),
    "here_place": None,
    "crumbs": (),
    "can_search": False,
    "can_sign_out": False,
    "has_account": False,
    "form_token": "",
    "shown_menu": False,
}


def around(clock: Clock, built: frozenset[str]) -> Callable[[Request], Mapping[str, object]]:
    """What gives the frame's values for a request. `built` are the paths that have a route."""

    def values(request: Request) -> Mapping[str, object]:
        member = request.scope.get(MEMBER)
        if not isinstance(member, Member):
            return OUTSIDE
        rights = frozenset(right for right in member.rights if may(member, right, clock()))
        path = path_of(request)
        return {
            "member": member,
            "member_roles": ", ".join(ROLES[role] for role in Role if role in member.roles),
            "menu": menu(rights, built),
            "here_place": place_of(path),
            "crumbs": crumbs(path),
            "can_search": Right.STATUS_READ in rights and "/search" in built,
            "can_sign_out": "/sign-out" in built,
            "has_account": "/account" in built,
            "form_token": forms.token(request),
            "shown_menu": True,
        }

    return values
