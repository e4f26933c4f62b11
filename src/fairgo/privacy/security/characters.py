"""The characters people type in and around identifiers, as parts of regular expressions."""

import re

UNSEEN = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"  # zero-width: ignored
SPACES = " \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
DASHES = "\\-\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
LOCAL = rf"\w.%+'\-\u0300-\u036f{UNSEEN}"  # of an e-mail address before its @; \w knows every script
DOMAIN = rf"\w.\-\u0300-\u036f{UNSEEN}"

_UNSEEN = re.compile(f"[{UNSEEN}]+")
_ENDS_IN_LOCAL = re.compile(f"[{LOCAL}]*+")


def without_unseen(text: str) -> str:
    """The text as it looks: without zero-width characters."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def local_tail(text: str, most: int) -> int:
    """How many characters at the end of a text could be the local part of an e-mail address, up to `most`."""
    found = _ENDS_IN_LOCAL.match(text[: -most - 1 : -1])
    return found.end() if found else 0
