"""What is put into a pack beside the log itself: policies, opened commitments, audits."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import Connection

from fairgo.core.errors import BadRequest, EvidenceBroken, NotFound
from fairgo.core.policy import Policy
from fairgo.ledger.leaves import read_leaf
from fairgo.ledger.packs import form
from fairgo.ledger.packs.asking import Asked, find_leaf
from fairgo.ledger.packs.enclosed import inputs, tells_of
from fairgo.store.keys import Keys
from fairgo.store.sealing import open_commitment

Files = dict[str, bytes]
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
AUDIT_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
LARGEST_AUDIT = 32 << 20


def read_policies(policy: Policy, past: Iterable[Path]) -> dict[str, bytes]:
    """What each policy at hand says, by its version. Raises Misconfigured for a folder that cannot be read."""
    known = [policy, *map(Policy.read, past)]
    return {one.version: one.said for one in known}


def enclose_policies(counts: dict[str, int], known: dict[str, bytes]) -> tuple[list[dict[str, Any]], Files]:
    """The policy versions that the leaves name; a file for each whose text is at hand."""
    listed: list[dict[str, Any]] = []
    enclosed: Files = {}
    for version, count in sorted(counts.items()):
        file = f"policies/{version}.json" if version in known else ""
        listed.append({"version": version, "leaves": count, "file": file})
        if file:
            enclosed[file] = known[version]
    return listed, enclosed


def open_leaves(
    connection: Connection, keys: Keys, asked: Asked, first: int, last: int
) -> tuple[list[dict[str, Any]], Files]:
    """What the leaves that are to be opened have committed to: content and salt, each in a file of its own.

    Raises NotFound for an unknown leaf or when the content is gone, BadRequest when it lies outside what is asked for
    or has nothing to open.
    """
    listed: list[dict[str, Any]] = []
    opened: Files = {}
    for name in asked.opened:
        position, leaf = find_leaf(connection, name)
        value = read_leaf(leaf)
        if not first <= position <= last:
            raise BadRequest(
                f"leaf {name} is at position {position}, outside the range {first} to {last}",
                hint="widen the range, or leave it out",
            )
        if asked.system and value.get("system", "") != asked.system:
            raise BadRequest(f"leaf {name} is not of the system {asked.system}", hint="leave it out")
        if not value["commitments"]:
            raise BadRequest(
                f"leaf {name} has nothing to open", hint="only leaves with commitments can be opened"
            )
        for kind, commitment in sorted(value["commitments"].items()):
            if not NAME.fullmatch(kind):
                raise BadRequest(f"the commitment {kind!r} of leaf {name} has a name no file can have")
            content, salt = f"disclosed/{name}/{kind}.json", f"disclosed/{name}/{kind}.salt"
            opened[salt], opened[content] = _open(connection, keys, name, commitment)
            entry = {"leaf": name, "position": position, "commitment": kind}
            listed.append(entry | {"content": content, "salt": salt})
    return listed, opened


def _open(connection: Connection, keys: Keys, name: str, commitment: str) -> tuple[bytes, bytes]:
    try:
        opened = open_commitment(connection, keys, commitment)
    except (NotFound, EvidenceBroken) as gone:
        raise type(gone)(
            f"leaf {name} cannot be opened: {gone.message}",
            hint="leave it out: every other proof stays valid",
        ) from None
    return opened.salt, opened.canonical


def read_audits(paths: Iterable[Path]) -> Files:
    """The results of audits, by the name they will have. Raises BadRequest for a file that is none."""
    audits: Files = {}
    for path in paths:
        if not AUDIT_FILE.fullmatch(path.name):
            _refuse(path, "has a name that is not plain", "letters, digits, points, - and _")
        if f"audits/{path.name}" in audits:
            _refuse(path, "has the name of another audit", "rename one of them")
        try:
            data = path.read_bytes()
        except OSError as wrong:
            _refuse(
                path, f"cannot be read ({wrong.strerror})", "name a file that `fairgo audit --json` wrote"
            )
        _result(path, data)
        audits[f"audits/{path.name}"] = data
    return audits


def enclose_audits(audits: Files, runs: list[tuple[int, bytes]]) -> list[dict[str, Any]]:
    """The audits as the manifest lists them, each with the leaf among `runs` that tells of it."""
    listed = []
    for file, data in sorted(audits.items()):
        result = json.loads(data)
        settings = form.settings_hash(result["settings"])
        entry = {"file": file, "settings": settings, "inputs": inputs(result["settings"])}
        place, name = 0, ""
        for position, leaf in runs:
            value = read_leaf(leaf)
            if tells_of(value, result, settings):
                place, name = position, value["id"]
        listed.append(entry | {"leaf": name, "position": place})
    return listed


def _result(path: Path, data: bytes) -> None:
    try:
        result = json.loads(data, parse_constant=_no_number) if len(data) <= LARGEST_AUDIT else None
        form.settings_hash(result["settings"] if isinstance(result, dict) else None)
    except (ValueError, KeyError, RecursionError):
        result = None
    if not isinstance(result, dict) or not isinstance(result["settings"], dict):
        _refuse(path, "is not the result of an audit", "name a file that `fairgo audit --json` wrote")


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


def _refuse(path: Path, why: str, hint: str) -> NoReturn:
    raise BadRequest(f"the audit {path} {why}", hint=hint)
