"""Passwords: kept as argon2id, judged by whether they can be guessed, never by which kinds of letters they have.

Basis: OWASP ASVS 5.0, 6.2: at least 64 letters are allowed, every letter counts, no rules of composition, and what is
commonest is refused, words of the house included. The parameters are those of RFC 9106 for little memory.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 1024
FEWEST_OF_ITS_OWN = 6  # characters that are neither a common word nor a run of neighbouring keys
ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv")
RUN = 4
LEET = str.maketrans("@$013457", "asoleast")
DECOY = "nobody has this password"


class Passwords:
    """How this house keeps and judges passwords. `context` are words anybody would try here, such as its name."""

    def __init__(self, context: Iterable[str] = (), hasher: PasswordHasher | None = None) -> None:
        self._context = tuple(context)
        self._hasher = hasher or PasswordHasher()
        self._decoy = self._hasher.hash(DECOY)

    def complaint(self, password: str, *, about: Iterable[str] = ()) -> str:
        """What is wrong with a new password, in one sentence; empty when nothing is. `about` are words about its owner."""
        password = _normal(password)
        if len(password) < SHORTEST:
            return f"Use {SHORTEST} characters or more. A few words with spaces between them do well."
        if len(password) > LONGEST:
            return f"Use at most {LONGEST:,} characters."
        if is_guessable(password, [*self._context, *about]):
            return "This is one of the first a stranger would try. Use a few words that have nothing to do with each other."
        return ""

    def hashed(self, password: str) -> str:
        """What is kept of a password. Takes a tenth of a second or so, on purpose."""
        return self._hasher.hash(_normal(password))

    def fits(self, kept: str | None, password: str) -> bool:
        """True for the right password. Where none is kept it takes as long, and is False."""
        try:
            self._hasher.verify(kept or self._decoy, _normal(password)[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    def is_outdated(self, kept: str) -> bool:
        """True when it was hashed with other parameters than today's: to be hashed anew while the password is at hand."""
        return self._hasher.check_needs_rehash(kept)


def is_guessable(password: str, context: Iterable[str] = ()) -> bool:
    """True when hardly anything is left of it without common words, words of the context, runs of keys and repetition."""
    text = _squeezed(password)
    left = _unit(_without_words(_without_runs(text), context))
    return min(len(left), len(_without_words(text, context))) < FEWEST_OF_ITS_OWN or len(set(left)) < 4


@cache
def guessed_words() -> tuple[str, ...]:
    """The words that stand in most guessed passwords, longest first."""
    listed = files("fairgo.staff").joinpath("guessed_words.txt").read_text(encoding="utf-8")
    words = {word for line in listed.splitlines() if not line.startswith("#") for word in line.split()}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s_.,;:!?*#&+/\\'\"()-]+", "", _normal(text).casefold())


def _without_words(text: str, context: Iterable[str]) -> str:
    """Letters that stand in for others are read as those: p4$$word is a word too."""
    own = {_squeezed(part) for words in context for part in [words, *re.split(r"[\s@._-]+", words)]}
    left = text.translate(LEET)
    for word in (*sorted((word for word in own if len(word) >= 4), key=len, reverse=True), *guessed_words()):
        left = left.replace(word.translate(LEET), "")
    return left


def _without_runs(text: str) -> str:
    left, at = [], 0
    while at < len(text):
        length = max(_run(text[at:], row) for one in ROWS for row in (one, one[::-1]))
        if length < RUN:
            left.append(text[at])
            length = 1
        at += length
    return "".join(left)


def _run(text: str, row: str) -> int:
    """How many characters of the beginning lie beside each other in a row."""
    place = row.find(text[0])
    length = 0
    while place >= 0 and length < len(text) and row[place + length : place + length + 1] == text[length]:
        length += 1
    return length


def _unit(text: str) -> str:
    """The shortest part whose repetition is the text."""
    if not text:
        return text
    return text[: (text + text).find(text, 1)]
