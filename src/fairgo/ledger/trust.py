"""Whom to trust about a log: its keys, its witnesses, and how many must have cosigned (C2SP tlog-policy).

Standard library, `cryptography` and this package's note and cosignatures only, so a verifier can stand alone.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from fairgo.ledger.cosignatures import CosignerKey
from fairgo.ledger.note import BadNote, Verifier

Key = TypeVar("Key", Verifier, CosignerKey)
NONE = "none"
MOST = 256  # lines of each kind: the format asks for 32
COUNT = re.compile(r"[1-9][0-9]{0,5}")
STRANGE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
SHAPES = {
    "log": "log <vkey> [<url>]",
    "witness": "witness <name> <vkey> [<url>]",
    "group": "group <name> all|any|<k> <name>...",
    "quorum": "quorum <name>|none",
}


class BadTrust(ValueError):
    """A policy that is malformed; the message begins with the line."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness: the name the policy calls it, its key, and where it takes checkpoints (empty when not told)."""

    name: str
    key: CosignerKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A group witnesses a checkpoint when at least so many of its members did."""

    least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trust:
    """The logs, the witnesses, and the rule for how many cosignatures are enough. The default asks for none."""

    logs: tuple[Verifier, ...] = ()
    witnesses: Mapping[str, Witness] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE

    def satisfied(self, cosigned: Collection[str]) -> bool:
        """True when these witnesses (names of this policy) are enough."""
        return self.quorum == NONE or self._witnessed(self.quorum, frozenset(cosigned))

    def names_of(self, keys: Iterable[CosignerKey]) -> frozenset[str]:
        """What this policy calls the witnesses with these keys."""
        mine = {witness.key: name for name, witness in self.witnesses.items()}
        return frozenset(mine[key] for key in keys if key in mine)

    def _witnessed(self, name: str, cosigned: frozenset[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in cosigned
        return sum(self._witnessed(member, cosigned) for member in group.members) >= group.least


def read_trust(data: bytes) -> Trust:
    """The policy a file holds. Raises BadTrust naming the line when it is malformed."""
    # Octets above ASCII are opaque to the format: each stays itself, also where it is no UTF-8.
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    reading = _Reading()
    for number, line in enumerate(lines, 1):
        try:
            reading.take(line)
        except BadTrust as wrong:
            raise BadTrust(f"line {number}: {wrong}") from None
    if reading.quorum is None:
        raise BadTrust(f"line {len(lines)}: the policy ends without a line `quorum`")
    return Trust(tuple(reading.logs), reading.witnesses, reading.groups, reading.quorum)


class _Reading:
    """What the lines read so far have said."""

    def __init__(self) -> None:
        self.logs: list[Verifier] = []
        self.witnesses: dict[str, Witness] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._member_of: dict[str, str] = {}

    def take(self, line: str) -> None:
        if STRANGE.search(line):
            raise BadTrust("a control character other than tab")
        words = [word for word in re.split("[ \t]+", line) if word]
        if not words or words[0].startswith("#"):
            return
        kind, rest = words[0], words[1:]
        takers = {"log": self._log, "witness": self._witness, "group": self._group, "quorum": self._quorum}
        if kind not in takers:
            raise BadTrust(f"{kind!a} is none of {', '.join(takers)}")
        takers[kind](rest)

    def _log(self, rest: list[str]) -> None:
        _must(1 <= len(rest) <= 2, "log")
        key = _read(Verifier, rest[0], "the key of a log must be an Ed25519 verifier key (type 0x01)")
        if key.public in {known.public for known in self.logs}:
            raise BadTrust("this log's key stands in the policy twice")
        self.logs.append(key)

    def _witness(self, rest: list[str]) -> None:
        _must(2 <= len(rest) <= 3, "witness")
        name, packed, *url = rest
        self._is_new(name)
        key = _read(
            CosignerKey, packed, f"the key of witness {name!a} must be a verifier key of type 0x04 or 0x06"
        )
        if key.public in {known.key.public for known in self.witnesses.values()}:
            raise BadTrust(f"the key of witness {name!a} stands in the policy twice")
        self.witnesses[name] = Witness(name, key, *url)

    def _group(self, rest: list[str]) -> None:
        _must(len(rest) >= 3, "group")
        name, least, *members = rest
        self._is_new(name)
        for member in members:
            self._is_known(member)
            if member in self._member_of:
                raise BadTrust(f"{member!a} is a member of {self._member_of[member]!a} already")
            self._member_of[member] = name
        counts = {"all": len(members), "any": 1}
        wanted = counts.get(least) or (int(least) if COUNT.fullmatch(least) else 0)
        if not 1 <= wanted <= len(members):
            raise BadTrust(f"the number of a group must be all, any, or from 1 to {len(members)}")
        self.groups[name] = Group(wanted, tuple(members))

    def _quorum(self, rest: list[str]) -> None:
        _must(len(rest) == 1, "quorum")
        if self.quorum is not None:
            raise BadTrust("the policy has a second line `quorum`")
        if rest[0] != NONE:
            self._is_known(rest[0])
        self.quorum = rest[0]

    def _is_new(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise BadTrust(f"the name {name!a} is taken")
        if max(len(self.witnesses), len(self.groups)) == MOST:
            raise BadTrust(f"more than {MOST} witnesses or groups")

    def _is_known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise BadTrust(f"{name!a} is neither a witness nor a group of a line above")


def _read(kind: type[Key], text: str, otherwise: str) -> Key:
    try:
        return kind.parse(text)
    except (BadNote, UnicodeEncodeError):  # the latter for a name that is no UTF-8
        raise BadTrust(otherwise) from None


def _must(fits: bool, kind: str) -> None:  # noqa: FBT001 - a condition, not a switch
    if not fits:
        raise BadTrust(f"a line of this kind is `{SHAPES[kind]}`")
