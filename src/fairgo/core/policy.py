"""The company's policy as typed values, read from text files that live in git.

`DIR/policy/organisation.toml`, `purposes.toml`, `disclosures.toml` and `systems/NAME.toml`. The version of a
policy is the SHA-256 of what it says, so the same words have the same version on every machine.
"""

import hashlib
import re
import tomllib
from itertools import takewhile
from math import inf
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError

from fairgo.core.errors import Misconfigured, NotFound, nearest

FOLDER = "policy"
Name = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$", description="small letters, digits and - only")
]
Words = Annotated[str, Field(min_length=1, max_length=2000)]
Locale = Annotated[
    str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="a language tag such as en-AU")
]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Organisation(_Value):
    """Who answers for the AI. `contacts` are the company's own numbers and addresses: they pass unredacted."""

    name: Words
    ledger_origin: Annotated[
        str,
        Field(pattern=r"^[^\s+]{1,200}$", description="a domain you own and a path, without spaces or +"),
    ]
    locale: Locale = "en-AU"
    contacts: tuple[str, ...] = ()


class Purpose(_Value):
    """What AI is used for. `notice` means it may be until the customer says no; `opt-in` means not before they say yes."""

    title: Words
    basis: Literal["notice", "opt-in"]
    words: Words


class Disclosure(_Value):
    """What a customer is told, in one language: the statement, the answer to "are you human?", the labels."""

    locale: Locale
    channel: str = "*"
    statement: Words
    answer: Words
    label_ai: Words
    label_person: Words


class Human(_Value):
    """The human way of a system: what the customer is told when a person takes over, and how to reach one."""

    words: Words
    waiting: Words
    phone: str = ""
    url: str = ""
    hours: Words


class Upstream(_Value):
    """Where the assistant is. `country` and `provider` are kept for the register of disclosures overseas."""

    base_url: HttpUrl
    model: str = ""
    country: str = ""
    provider: str = ""


class System(_Value):
    """One AI system: what it is for, under which purpose, where it is, and the way to a person."""

    name: Name
    does: Words
    purpose: Name
    upstream: Upstream
    human: Human


class Policy(_Value):
    """Everything the company has decided, and the version that evidence names."""

    organisation: Organisation
    purposes: dict[Name, Purpose]
    disclosures: Annotated[tuple[Disclosure, ...], Field(min_length=1)]
    systems: Annotated[dict[Name, System], Field(min_length=1)]
    version: str

    @property
    def said(self) -> bytes:
        """What the policy says, as JSON: the bytes whose SHA-256 is the version."""
        return self.model_dump_json(exclude={"version"}).encode()

    def system(self, name: str) -> System:
        """The system of that name. Raises NotFound naming the nearest."""
        try:
            return self.systems[name]
        except KeyError:
            raise NotFound(f"no system {name!r} in the policy", hint=nearest(name, self.systems)) from None

    def disclosure(self, locale: str, channel: str) -> Disclosure:
        """The wording that fits best: exact locale, then its language, then the organisation's own; a channel's own first."""
        own = self.organisation.locale

        def rank(item: Disclosure) -> tuple[float, ...]:
            return (*_apart(locale, item.locale), *_apart(own, item.locale), item.channel != channel)

        fitting = [item for item in self.disclosures if item.channel in {channel, "*"}]
        return min(fitting or self.disclosures, key=rank)

    @staticmethod
    def read(folder: Path) -> "Policy":
        """The policy of a folder made by `fairgo init`. Raises Misconfigured naming the file, the key and a hint."""
        root = folder / FOLDER
        if not root.is_dir():
            raise Misconfigured(f"{folder} has no {FOLDER}/ folder", hint=f"fairgo init {folder}")
        systems = {path.stem: _system(path) for path in sorted((root / "systems").glob("*.toml"))}
        if not systems:
            raise Misconfigured(f"{root}/systems has no system", hint="one TOML file for each AI system")
        content: dict[str, Any] = {
            "organisation": _toml(root / "organisation.toml"),
            "purposes": _toml(root / "purposes.toml"),
            "disclosures": _disclosures(root / "disclosures.toml"),
            "systems": systems,
        }
        policy = _fit(content, root)
        for system in policy.systems.values():
            if system.purpose not in policy.purposes:
                raise Misconfigured(
                    f"{root}/systems/{system.name}.toml names an unknown purpose {system.purpose!r}",
                    hint=nearest(system.purpose, policy.purposes),
                )
        return policy


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Misconfigured(f"{path} is missing", hint="fairgo init writes one to start from") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise Misconfigured(
            f"{path} is not valid TOML: {wrong}", hint="text stands in double quotes, lists in brackets"
        ) from None
    except OSError as wrong:
        raise Misconfigured(
            f"{path} cannot be read ({wrong.strerror})", hint="is it a file this user may read?"
        ) from None


def _system(path: Path) -> dict[str, Any]:
    said = _toml(path)
    if "name" in said:
        raise Misconfigured(
            f"{path}: name: not known here", hint="the name of the file is the name of the system"
        )
    return said | {"name": path.stem}


def _disclosures(path: Path) -> Any:
    said = _toml(path)
    for key in said:
        if key != "disclosure":
            raise Misconfigured(f"{path}: {key}: not known here", hint=nearest(key, ["disclosure"]))
    return said.get("disclosure", [])


def _apart(wanted: str, there: str) -> tuple[float, int]:
    """How far a locale is from the wanted one: parts of the wanted to give up, then parts nobody asked for."""
    asked, offered = wanted.lower().split("-"), there.lower().split("-")
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(asked, offered, strict=False)))
    return (len(asked) - shared, len(offered) - shared) if shared else (inf, 0)


def _fit(content: dict[str, Any], root: Path) -> Policy:
    try:
        draft = Policy.model_validate(content | {"version": "draft"})
    except ValidationError as wrong:
        first = wrong.errors()[0]
        file, place = _place(root, [str(part) for part in first["loc"]])
        words = re.sub("^[A-Z](?=[a-z])", lambda big: big[0].lower(), first["msg"])
        raise Misconfigured(f"{file}: {place}: {words}", hint=_hint(first)) from None
    return draft.model_copy(update={"version": hashlib.sha256(draft.said).hexdigest()})


def _place(root: Path, at: list[str]) -> tuple[Path, str]:
    """The file and the key that pydantic's place in the policy stands for."""
    part, *rest = at
    if part == "systems":
        return root / "systems" / f"{rest[0]}.toml", ".".join(rest[1:]).replace("[key]", "name")
    if part == "disclosures":
        number = [f"number {int(rest[0]) + 1}"] if rest else []
        return root / "disclosures.toml", ".".join(["disclosure", *number, *rest[1:]])
    return root / f"{part}.toml", ".".join(rest).replace("[key]", "name")


_PARTS: dict[str, type[BaseModel]] = {
    "organisation": Organisation,
    "purposes": Purpose,
    "disclosures": Disclosure,
    "systems": System,
}
_OF_SYSTEM: dict[str, type[BaseModel]] = {"upstream": Upstream, "human": Human}


def _hint(error: Any) -> str:
    part, *rest = (str(step) for step in error["loc"])
    key = rest[-1] if rest else part
    owner = _PARTS.get(part, Policy)
    if part == "systems" and len(rest) > 2:
        owner = _OF_SYSTEM.get(rest[1], System)
    if error["type"] == "extra_forbidden":
        return nearest(key, owner.model_fields)
    if key == "[key]":  # the name of a table or of a file
        owner, key = System, "name"
    told = owner.model_fields[key].description if key in owner.model_fields else ""
    return told or "compare it with the file that `fairgo init` writes"
