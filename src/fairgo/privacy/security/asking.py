"""Who asks for what, without keeping who: customers by mark and pseudonym, staff by a keyed name, reasons by code.

There is no sign-in yet: names are what the operator at the machine says they are, and the certificate says so.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from fairgo.core.errors import BadRequest, NotFound
from fairgo.privacy.security import holdings, suppression
from fairgo.store.keys import Keys

LONGEST = 256
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Known:
    """A customer of whom something is kept: the mark of their name, their pseudonym now, how often they were erased."""

    mark: str
    pseudonym: str
    generation: int


def known(connection: Connection, keys: Keys, customer: str) -> Known:
    """The customer whom callers name so. Raises NotFound when nothing is kept under that name, and says no more."""
    mark = suppression.mark_of(keys, _written(customer, "the customer"))
    times = suppression.generation(connection, mark)
    pseudonym = suppression.pseudonym_of(keys, customer.strip(), times)
    if not holdings.is_known(connection, pseudonym):
        raise NotFound(
            "nothing is kept under that name",
            hint="the name is the one your application sends as fairgo-customer, letter by letter",
        )
    return Known(mark, pseudonym, times)


def signatory(keys: Keys, matter: str, name: str) -> str:
    """What stands for a member of staff in one matter: keyed, and another in every matter, so that nobody is profiled.

    The same person is the same however their name is spaced or capitalised. Raises BadRequest for no name.
    """
    said = unicodedata.normalize("NFKC", _written(name, "the name after --by")).casefold()
    return keys.pseudonym("staff", matter, " ".join(said.split()))


def code_in(words: str, codes: Iterable[str]) -> str:
    """The code that the words contain, written with spaces or hyphens; else `other`. Raises BadRequest for no words."""
    said = "-".join(_written(words, "the reason").casefold().replace("_", " ").split())
    return next((code for code in codes if code in said), OTHER)


def _written(words: str, what: str) -> str:
    found = words.strip()
    if not found or len(found) > LONGEST or not found.isprintable():
        raise BadRequest(f"{what} must be 1 to {LONGEST} printable characters")
    return found
