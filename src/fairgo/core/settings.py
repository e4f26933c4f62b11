"""Settings: one table, read once from defaults, then `fairgo.toml`, then `FAIRGO_*`, and frozen.

`FAIRGO_UPSTREAM_<SYSTEM>` and `FAIRGO_CREDENTIAL_<SYSTEM>` are the two families that name a system
(upper-cased, `-` as `_`): where its assistant is, and the secret that opens it.
"""

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from fairgo.core.errors import Misconfigured, nearest

PREFIX = "FAIRGO_"
UPSTREAM = "UPSTREAM_"
CREDENTIAL = "CREDENTIAL_"
FILE = "fairgo.toml"


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: its name, its default, how text becomes a value, and what it means."""

    name: str
    default: Any
    read: Callable[[Any], Any]
    meaning: str


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        number = _number(value, int)
        if number is None or not low <= number <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(number)

    return read


def _seconds(value: Any) -> float:
    number = _number(value, float)
    if number is None or not 0 < number <= 3600:
        raise ValueError("must be seconds, above 0 and at most 3600")
    return float(number)


def _number(value: Any, kind: type[int] | type[float]) -> float | None:
    """The number that a value is; None when it is none. A file says `true` and `8088.5` too: they are no whole numbers."""
    if isinstance(value, bool) or (kind is int and isinstance(value, float)):
        return None
    try:
        return kind(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _yes(value: Any) -> bool:
    known = {"true": True, "false": False}
    answer = value if isinstance(value, bool) else known.get(str(value).lower())
    if answer is None:
        raise ValueError("must be true or false")
    return answer


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")  # noqa: TRY004 - one kind of complaint for every row
    return value


def _one_of(*known: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in known:
            raise ValueError(f"must be {', '.join(known[:-1])} or {known[-1]}")
        return str(value)

    return read


def _address(value: Any) -> str:
    said = _text(value).rstrip("/")
    parts = urlsplit(said)
    plain = parts.scheme == "https" and parts.hostname and not (parts.path or parts.query or parts.username)
    if said and not plain:
        raise ValueError("must be an address such as https://fairgo.example, without a path")
    return said


TABLE: tuple[Setting, ...] = (
    Setting("host", "127.0.0.1", _text, "address to listen on"),
    Setting("port", 8088, _whole(0, 65535), "port to listen on; 0 takes a free one"),
    Setting("database", "", _text, "database URL; empty means SQLite in the data folder"),
    Setting(
        "master_key_file", "keys/master.key", _text, "file (mode 0600) with the key that wraps all others"
    ),
    Setting(
        "ledger_key_file", "keys/ledger.key", _text, "file (mode 0600) with the key that signs checkpoints"
    ),
    Setting("body_limit", 1024 * 1024, _whole(1024, 1 << 30), "largest request body in bytes"),
    Setting(
        "upstream_connect_seconds", 5.0, _seconds, "how long an assistant may take to accept a connection"
    ),
    Setting(
        "upstream_silence_seconds",
        30.0,
        _seconds,
        "how long an assistant may stay silent before a person takes over",
    ),
    Setting("checkpoint_seconds", 1.0, _seconds, "how often new evidence is put into the tree and signed"),
    Setting(
        "ledger_mldsa",
        False,
        _yes,
        "also sign checkpoints with ML-DSA-44, with a key of its own beside ledger_key_file",
    ),
    Setting(
        "console_address",
        "",
        _address,
        "https address under which staff reach the console; empty keeps it to this machine",
    ),
    Setting(
        "console_proxies",
        "",
        _text,
        "addresses of the proxies in front of the console, with commas between: their word about who calls is taken",
    ),
    Setting(
        "api_per_minute",
        600,
        _whole(1, 1_000_000),
        "how many requests a minute one caller of the API may make to one process",
    ),
    Setting("session_idle_minutes", 30, _whole(1, 1440), "how long a sign-in lasts while nothing is done"),
    Setting("session_hours", 12, _whole(1, 168), "how long a sign-in lasts at most"),
    Setting(
        "oidc_secret_file",
        "keys/oidc.secret",
        _text,
        "file (mode 0600) with the secret for the provider that signs staff in; without one, none is sent",
    ),
    Setting("witness_seconds", 10.0, _seconds, "how often, at most, each witness is asked to cosign"),
    Setting("time_zone", "Australia/Sydney", _text, "time zone of schedules, quiet hours and digests"),
    Setting("smtp_host", "", _text, "mail server that takes notices to staff; empty sends no mail"),
    Setting("smtp_port", 587, _whole(1, 65535), "its port"),
    Setting(
        "smtp_security",
        "starttls",
        _one_of("starttls", "tls", "none"),
        "starttls (587), tls from the first byte (465), or none, which only a server on this machine may have",
    ),
    Setting("smtp_user", "", _text, "name to sign in with at the mail server; empty signs in as nobody"),
    Setting(
        "smtp_password_file",
        "keys/mail.password",
        _text,
        "file (mode 0600) with the password for the mail server",
    ),
    Setting(
        "smtp_certificates",
        "",
        _text,
        "file of certificates to trust for the mail server; empty trusts the system's",
    ),
    Setting("mail_from", "", _text, "address that notices come from; empty is fairgo@ the mail server"),
    Setting("webhook_url", "", _text, "address that gets every notice as a signed request; empty sends none"),
    Setting(
        "webhook_key_file",
        "keys/webhook.key",
        _text,
        "file (mode 0600) with the key that signs those requests",
    ),
    Setting(
        "webhook_private_hosts",
        "",
        _text,
        "host names, with commas between, that may lie on a private network; no other webhook may",
    ),
)
NAMES = frozenset(row.name for row in TABLE)
FILES = ("master_key_file", "ledger_key_file", "oidc_secret_file", "smtp_password_file", "webhook_key_file")


@dataclass(frozen=True, slots=True)
class Settings:
    """The values in force. Paths of key files are already resolved against the policy folder."""

    host: str
    port: int
    database: str = field(repr=False)  # the URL may hold a password
    master_key_file: Path
    ledger_key_file: Path
    body_limit: int
    upstream_connect_seconds: float
    upstream_silence_seconds: float
    checkpoint_seconds: float
    ledger_mldsa: bool
    console_address: str
    console_proxies: str
    api_per_minute: int
    session_idle_minutes: int
    session_hours: int
    oidc_secret_file: Path
    witness_seconds: float
    time_zone: str
    smtp_host: str
    smtp_port: int
    smtp_security: str
    smtp_user: str
    smtp_password_file: Path
    smtp_certificates: str
    mail_from: str
    webhook_url: str
    webhook_key_file: Path
    webhook_private_hosts: str
    upstreams: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)

    def upstream_of(self, system: str, configured: str) -> str:
        """Where a system's assistant is: the environment's word, else the policy's."""
        return self.upstreams.get(variable_of(system), configured)

    def credential_of(self, system: str) -> str:
        """The secret that opens a system's assistant; empty when it needs none."""
        return self.credentials.get(variable_of(system), "")


def variable_of(system: str) -> str:
    """A system's name as it stands in an environment variable."""
    return system.upper().replace("-", "_")


def read_settings(folder: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in force for a policy folder.

    Raises Misconfigured for an unknown key (naming the nearest), a value that does not fit, or a broken file.
    """
    environ = os.environ if environ is None else environ
    folder = Path() if folder is None else folder
    values: dict[str, Any] = {row.name: row.default for row in TABLE}
    values |= _from_file(folder / FILE)
    found, upstreams, credentials = _from_environment(environ)
    values |= found
    for row in TABLE:
        try:
            values[row.name] = row.read(values[row.name])
        except ValueError as wrong:
            raise Misconfigured(f"setting {row.name!r} {wrong}", hint=row.meaning) from None
    for name in FILES:
        values[name] = (folder / values[name]).absolute()
    trusted = values["smtp_certificates"]
    values["smtp_certificates"] = str((folder / trusted).absolute()) if trusted else ""
    return Settings(**values, upstreams=upstreams, credentials=credentials)


def _from_file(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise Misconfigured(f"{path} is not valid TOML: {wrong}") from None
    except OSError as wrong:
        raise Misconfigured(f"{path} cannot be read ({wrong.strerror})") from None
    for name in values:
        if name not in NAMES:
            raise Misconfigured(f"{path} has an unknown setting {name!r}", hint=nearest(name, NAMES))
    return values


def _from_environment(
    environ: Mapping[str, str],
) -> tuple[dict[str, str], Mapping[str, str], Mapping[str, str]]:
    values: dict[str, str] = {}
    upstreams: dict[str, str] = {}
    credentials: dict[str, str] = {}
    for key, value in environ.items():
        if not key.startswith(PREFIX):
            continue
        rest = key.removeprefix(PREFIX)
        name = rest.lower()
        if name in NAMES:
            values[name] = value
        elif rest.startswith(UPSTREAM) and rest != UPSTREAM:
            upstreams[rest.removeprefix(UPSTREAM)] = value
        elif rest.startswith(CREDENTIAL) and rest != CREDENTIAL:
            credentials[rest.removeprefix(CREDENTIAL)] = value
        else:
            known = {PREFIX + row.name.upper() for row in TABLE}
            known |= {f"{PREFIX}{family}SYSTEM" for family in (UPSTREAM, CREDENTIAL)}
            raise Misconfigured(f"unknown setting {key} in the environment", hint=nearest(key, known))
    return values, MappingProxyType(upstreams), MappingProxyType(credentials)
