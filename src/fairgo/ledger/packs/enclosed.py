"""What a pack encloses beside the log itself: policies, opened commitments, audits. Each is tied to the leaves.

Standard library and modules of this package that stand alone, so a verifier can stand alone.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from fairgo.ledger.packs import form
from fairgo.ledger.packs.form import PackBroken

Read = Callable[[str], bytes]
Leaf = Callable[[int], bytes]
Step = Callable[[dict[str, Any], Read, Leaf], None]


def check_enclosed(manifest: dict[str, Any], read: Read, leaf: Leaf) -> Iterator[PackBroken]:
    """Every fault among what is enclosed; `read` gives a file's bytes, `leaf` the checked leaf at a position."""
    steps: list[tuple[Step, dict[str, Any]]] = [(_policy, one) for one in manifest["policies"] if one["file"]]
    steps += [(_opened, one) for one in manifest["disclosed"]]
    steps += [(_audit, one) for one in manifest["audits"]]
    for step, one in steps:
        try:
            step(one, read, leaf)
        except PackBroken as fault:
            yield fault


def _policy(policy: dict[str, Any], read: Read, _leaf: Leaf) -> None:
    found = hashlib.sha256(read(policy["file"])).hexdigest()
    if found != policy["version"]:
        raise PackBroken(
            policy["file"], f"is not the policy version {policy['version']}: its SHA-256 is {found}"
        )


def _opened(opened: dict[str, Any], read: Read, leaf: Leaf) -> None:
    about = _value(leaf(opened["position"]), opened["content"])
    if about.get("id") != opened["leaf"]:
        raise PackBroken(
            opened["content"], f"the leaf at position {opened['position']} is not {opened['leaf']}"
        )
    salt, content = read(opened["salt"]), read(opened["content"])
    if len(salt) != form.SALT:
        raise PackBroken(opened["salt"], f"has {len(salt)} bytes, not {form.SALT}")
    committed = about.get("commitments")
    found = form.commitment(salt, content)
    if not isinstance(committed, dict) or committed.get(opened["commitment"]) != found:
        raise PackBroken(
            opened["content"],
            f"is not what leaf {opened['leaf']} at position {opened['position']} committed to as "
            f"{opened['commitment']}: with its salt it gives {found}",
        )


def _audit(audit: dict[str, Any], read: Read, leaf: Leaf) -> None:
    result = _value(read(audit["file"]), audit["file"])
    settings = result.get("settings")
    try:
        found = form.settings_hash(settings)
    except (ValueError, RecursionError):
        found = "none"
    if found != audit["settings"] or inputs(settings) != audit["inputs"]:
        raise PackBroken(
            audit["file"], f"its settings have the SHA-256 {found}, the manifest says {audit['settings']}"
        )
    if audit["leaf"]:
        told = _value(leaf(audit["position"]), audit["file"])
        if not tells_of(told, result, found) or told.get("id") != audit["leaf"]:
            raise PackBroken(
                audit["file"], f"the leaf at position {audit['position']} does not tell of this audit"
            )


def tells_of(leaf: dict[str, Any], result: dict[str, Any], settings: str) -> bool:
    """True when a leaf is about this audit: the same settings, verdict, rows and number of findings."""
    facts, findings = leaf.get("facts"), result.get("findings")
    if leaf.get("type") != form.AUDIT or not isinstance(facts, dict) or not isinstance(findings, list):
        return False
    said = {
        "settings": settings,
        "verdict": result.get("verdict"),
        "rows": result.get("n"),
        "findings": len(findings),
    }
    return all(facts.get(name) == value for name, value in said.items())


def inputs(settings: Any) -> dict[str, str]:
    """The inputs that an audit's settings name, each with its hash; nothing where they name none."""
    named = settings.get("inputs", {}) if isinstance(settings, dict) else {}
    return named if form.matches(named, {str: str}) else {}


def _value(data: bytes, place: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise PackBroken(place, "is not a JSON object")
    return value
