"""The company's policy as typed values, read from text files that live in git.

`DIR/policy/organisation.toml`, `purposes.toml`, `disclosures.toml` and `systems/NAME.toml`. The version of a
policy is the SHA-256 of what it says, so the same words have the same version on every machine.
"""

import hashlib
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError

from fairgo.core.errors import Misconfigured, NotFound, nearest

FOLDER = "policy"
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
Words = Annotated[str, Field(min_length=1, max_length=2000)]
Locale = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Organisation(_Value):
    """Who answers for the AI. `contacts` are the company's own numbers and addresses: they pass unredacted."""

    name: Words
    ledger_origin: Annotated[str, Field(pattern=r"^[^\s+]{1,200}$")]
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

    def system(self, name: str) -> System:
        """The system of that name. Raises NotFound naming the nearest."""
        try:
            return self.systems[name]
        except KeyError:
            raise NotFound(f"no system {name!r} in the policy", hint=nearest(name, self.systems)) from None

    def disclosure(self, locale: str, channel: str) -> Disclosure:
        """The wording that fits best: exact locale, then its language, then the organisation's own; a channel's own first."""
        wanted = (locale, locale.split("-", maxsplit=1)[0], self.organisation.locale)

        def rank(item: Disclosure) -> tuple[int, int]:
            language = item.locale.split("-")[0]
            places = [i for i, want in enumerate(wanted) if want in {item.locale, language}]
            return (min(places, default=len(wanted)), 0 if item.channel == channel else 1)

        fitting = [item for item in self.disclosures if item.channel in {channel, "*"}]
        return min(fitting or self.disclosures, key=rank)

    @staticmethod
    def read(folder: Path) -> "Policy":
        """The policy of a folder made by `fairgo init`. Raises Misconfigured naming the file, the key and a hint."""
        root = folder / FOLDER
        if not root.is_dir():
            raise Misconfigured(f"{folder} has no {FOLDER}/ folder", hint=f"fairgo init {folder}")
        systems = {
            path.stem: _toml(path) | {"name": path.stem} for path in sorted((root / "systems").glob("*.toml"))
        }
        if not systems:
            raise Misconfigured(f"{root}/systems has no system", hint="one TOML file for each AI system")
        content: dict[str, Any] = {
            "organisation": _toml(root / "organisation.toml"),
            "purposes": _toml(root / "purposes.toml"),
            "disclosures": _toml(root / "disclosures.toml").get("disclosure", []),
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
        raise Misconfigured(f"{path} is not valid TOML: {wrong}") from None


def _fit(content: dict[str, Any], root: Path) -> Policy:
    try:
        draft = Policy.model_validate(content | {"version": "draft"})
    except ValidationError as wrong:
        first = wrong.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Misconfigured(f"{root}: {place}: {first['msg'].lower()}", hint=_hint(first)) from None
    said = draft.model_dump_json(exclude={"version"}).encode()
    return draft.model_copy(update={"version": hashlib.sha256(said).hexdigest()})


_PARTS: dict[str, type[BaseModel]] = {
    "organisation": Organisation,
    "purposes": Purpose,
    "disclosures": Disclosure,
    "upstream": Upstream,
    "human": Human,
    "systems": System,
}


def _hint(error: Any) -> str:
    if error["type"] != "extra_forbidden":
        return ""
    *path, key = (str(part) for part in error["loc"])
    owner = next((_PARTS[part] for part in reversed(path) if part in _PARTS), System)
    return nearest(key, owner.model_fields)
