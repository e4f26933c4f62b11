"""The company's policy as typed values, read from text files that live in git.

`DIR/policy/organisation.toml`, `purposes.toml`, `disclosures.toml`, `systems/NAME.toml` and, when staff sign in with a
provider, `staff.toml`. The version of a
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
from fairgo.core.hiding import ALWAYS, IDENTIFIERS, Narrowing, Privacy

FOLDER = "policy"
BETWEEN = "\x1f"  # no customer's name has it: names are printable
MAIN = "main"  # the tenant of whoever runs this Fairgo; a policy that names no tenant has only this one
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
    privacy: Privacy = Privacy()


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
    """One AI system: what it is for, under which purpose, where it is, and the way to a person.

    `tenant` keeps organisations or divisions apart that share one Fairgo: staff of one never see another's systems.
    """

    name: Name
    tenant: Name = MAIN
    does: Words
    purpose: Name
    upstream: Upstream
    human: Human
    privacy: Narrowing = Narrowing()


class ProviderRole(_Value):
    """One value of the provider's claim, and the role it gives in a tenant."""

    value: Words
    role: Annotated[str, Field(pattern=r"^[a-z_]{1,32}$", description="one of the roles in rights.md")]
    tenant: Name = MAIN


class Provider(_Value):
    """Who signs staff in: an OpenID Connect provider. Nobody gets an account whose `claim` no row of `roles` names."""

    title: Words = "your organisation’s account"
    issuer: HttpUrl
    client_id: Annotated[str, Field(min_length=1, max_length=255)]
    claim: Annotated[str, Field(min_length=1, max_length=128)] = "groups"
    roles: Annotated[tuple[ProviderRole, ...], Field(min_length=1)]
    scopes: tuple[str, ...] = ("openid", "profile", "email")


class Staff(_Value):
    """How staff sign in besides with an account of their own here."""

    provider: Provider | None = None


class Policy(_Value):
    """Everything the company has decided, and the version that evidence names."""

    organisation: Organisation
    purposes: dict[Name, Purpose]
    disclosures: Annotated[tuple[Disclosure, ...], Field(min_length=1)]
    systems: Annotated[dict[Name, System], Field(min_length=1)]
    staff: Staff = Staff()
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

    def privacy(self, system: str) -> Privacy:
        """What must be hidden from a system's assistant. Raises NotFound for an unknown system."""
        return self.organisation.privacy.narrowed(self.system(system).privacy)

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
            "staff": _toml(root / "staff.toml") if (root / "staff.toml").exists() else {},
        }
        policy = _fit(content, root)
        for system in policy.systems.values():
            if system.purpose not in policy.purposes:
                raise Misconfigured(
                    f"{root}/systems/{system.name}.toml names an unknown purpose {system.purpose!r}",
                    hint=nearest(system.purpose, policy.purposes),
                )
            wider = system.privacy.widens(policy.organisation.privacy)
            if wider:
                raise Misconfigured(
                    f"{root}/systems/{system.name}.toml: privacy.{wider[0]}: {wider[1]}",
                    hint="a system can only be stricter than organisation.toml",
                )
        return policy


def customer_of(tenant: str, customer: str) -> str:
    """A customer's name with its tenant in front, so that tenants never share a customer. The main one stands alone."""
    return customer if tenant == MAIN else f"{tenant}{BETWEEN}{customer}"


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
    if "thresholds" in rest and rest[-1] == "[key]":
        rest.pop()
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
_OF_ORGANISATION: dict[str, type[BaseModel]] = {"privacy": Privacy}
_OF_SYSTEM: dict[str, type[BaseModel]] = {"upstream": Upstream, "human": Human, "privacy": Narrowing}


def _hint(error: Any) -> str:
    part, *rest = (str(step) for step in error["loc"])
    key = rest[-1] if rest else part
    owner = _PARTS.get(part, Policy)
    if part == "systems" and len(rest) > 2:
        owner = _OF_SYSTEM.get(rest[1], System)
    if part == "organisation" and len(rest) > 1:
        owner = _OF_ORGANISATION.get(rest[0], Organisation)
    if error["type"] == "unknown_identifier":
        return nearest(str(error["input"]), IDENTIFIERS)
    if error["type"] == "always_hidden":
        return f"a law of its own protects it: {' and '.join(ALWAYS)} stay in the list, without a threshold"
    if error["type"] == "extra_forbidden":
        return nearest(key, owner.model_fields)
    if key == "[key]":  # the name of a table or of a file
        owner, key = System, "name"
    if "thresholds" in rest:
        return "a score from 0 to 1, such as TFN = 0.9"
    told = owner.model_fields[key].description if key in owner.model_fields else ""
    return told or "compare it with the file that `fairgo init` writes"
