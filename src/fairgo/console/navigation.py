"""Where everything is: one table of the console's places. Rooms are packages, so breadcrumbs read like the source tree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fairgo.core.article import AREAS
from fairgo.staff.rights import Right

# A room is a package of Fairgo; its title stands in breadcrumbs.
ROOMS: Mapping[str, str] = {
    "console": "Home",
    "gateway": "Gateway",
    "staff": "Staff",
    "ledger": "Ledger",
    **AREAS,
    "jobs": "Jobs",
}


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the console: its path under the mount, its title, the right it takes, its room, its group in the menu.

    A place without a group is reached from elsewhere. Pages below a path count as within the place.
    """

    path: str
    title: str
    right: Right
    room: str
    group: str = ""


TODAY, AI, ROWS, HOUSE = "Today", "Our AI", "The seven areas", "The house"

PLACES: tuple[Place, ...] = (
    Place("/", "Home", Right.STATUS_READ, "console", TODAY),
    Place("/notices", "Notices", Right.NOTICES_READ, "jobs", TODAY),
    Place("/systems", "Systems", Right.SYSTEMS_READ, "staff", AI),
    Place("/conversations", "Conversations", Right.CONVERSATIONS_LIST, "gateway", AI),
    Place("/bias/audits", "Audits", Right.AUDITS_READ, "bias", AI),
    Place("/evidence", "Evidence", Right.EVIDENCE_READ, "ledger", AI),
    *(Place(f"/{name}", title, Right.STATUS_READ, name, ROWS) for name, title in AREAS.items()),
    Place("/jobs", "Jobs", Right.JOBS_READ, "jobs", HOUSE),
    Place("/staff", "Staff", Right.STAFF_READ, "staff", HOUSE),
    Place("/applications", "Applications", Right.APPLICATIONS_READ, "staff", HOUSE),
    Place("/search", "Search", Right.STATUS_READ, "console"),
    Place("/account", "Your account", Right.ACCOUNT_OWN, "staff"),
)


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way here. The last one, where the reader is, has no path."""

    title: str
    path: str = ""


def place_of(path: str) -> Place | None:
    """The place that a path under the mount lies within: the one with the longest path. None outside all of them."""
    within = [place for place in PLACES if path == place.path or path.startswith(f"{place.path}/")]
    return max(within, key=lambda place: len(place.path), default=None)


def menu(rights: frozenset[Right], built: frozenset[str]) -> Sequence[tuple[str, Sequence[Place]]]:
    """The menu for somebody with these rights: groups of places that exist (`built` are the paths of routes)."""
    shown = [place for place in PLACES if place.right in rights and place.path in built]
    groups = dict.fromkeys(place.group for place in shown if place.group)
    return [(group, [place for place in shown if place.group == group]) for group in groups]


def crumbs(path: str, *leading: Crumb) -> Sequence[Crumb]:
    """The way to a page: home, the room, the place, and what the page adds of its own.

    A room that is an area has a page of its own; the others are only named.
    """
    place = place_of(path)
    if place is None or place.path == "/":
        return ()
    way = [Crumb("Home", "/")]
    if place.path != f"/{place.room}" and place.room != "console":
        way.append(Crumb(ROOMS[place.room], f"/{place.room}" if place.room in AREAS else ""))
    way.append(Crumb(place.title, place.path if leading else ""))
    return [*way, *leading]
