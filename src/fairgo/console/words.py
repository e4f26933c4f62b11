"""The words that the pages of evidence have for what stands in leaves as codes. A code without words is shown as it is."""

from collections.abc import Mapping

from fairgo.core.events import HASH

EVENTS: Mapping[str, str] = {
    "bias.audit.run": "An audit of decisions was run",
    "consent.choice.given": "A customer said yes to a purpose",
    "consent.choice.withdrawn": "A customer said no to a purpose",
    "consent.handover.ended": "A customer went back from a person to AI",
    "consent.handover.requested": "A conversation was handed to a person",
    "culture.policy.applied": "A version of the policy came into force",
    "gateway.key.made": "A key for a system was made",
    "gateway.request.refused": "A request was refused before it became a turn",
    "gateway.turn.closed": "A turn was closed",
    "gateway.turn.opened": "A turn was opened",
    "ledger.key.joined": "A second key began to sign beside the first",
    "ledger.key.rotated": "The key that signs was changed for another",
    "ledger.pack.made": "A pack for an auditor was made",
    "privacy.customer.erased": "A customer’s content was erased",
    "privacy.erasure.approved": "An erasure was approved by a second person",
    "privacy.erasure.certified": "An erasure was certified",
    "privacy.erasure.failed": "After an erasure something was still found",
    "privacy.erasure.key_destroyed": "A customer’s key was destroyed",
    "privacy.erasure.refused": "An erasure was refused",
    "privacy.erasure.replayed": "An erasure was carried out again on restored data",
    "privacy.erasure.requested": "An erasure was requested",
    "privacy.erasure.scanned": "After an erasure the data was searched, and nothing was found",
    "privacy.hold.lifted": "A legal hold was lifted",
    "privacy.hold.placed": "A legal hold was placed",
    "transparency.wish.recognised": "A customer’s wish to leave the AI was recognised",
}
FACTS: Mapping[str, str] = {
    "after": "New key, in short",
    "approved_by": "Approved by",
    "audit": "Audit",
    "audits": "Audits in it",
    "basis": "Basis, as a code",
    "before": "Old key, in short",
    "by": "By",
    "by_ai": "Written by AI",
    "bytes": "Bytes searched",
    "called": "Assistant called",
    "certificate": "Hash of the certificate",
    "channel": "Channel",
    "count": "How many",
    "deleted": "Rows deleted",
    "disclosure": "Hash of the disclosure’s words",
    "files": "Files",
    "findings": "Findings",
    "first": "First position",
    "handover": "Hand-over",
    "hidden": "Hidden in the reply",
    "hold": "Legal hold",
    "holds": "Legal holds",
    "key": "New public key",
    "kept": "Rows kept without what is personal",
    "known": "Known here",
    "last": "Last position",
    "manifest": "Hash of the manifest",
    "opened": "Commitments opened, by leaf",
    "outcome": "Verdict",
    "part": "Part",
    "parts": "Parts",
    "places": "Places where something was found",
    "purpose": "Purpose",
    "reason": "Reason, as a code",
    "request": "Request",
    "requested_by": "Requested by",
    "restored": "Placeholders given back",
    "rows": "Rows",
    "scanned": "Characters scanned, rounded up",
    "settings": "Hash of what was asked",
    "size": "Size of the tree",
    "steps": "Steps passed, and whether they changed or stopped the turn",
    "streaming": "Sent in pieces as it was written",
    "turn": "Turn",
    "unknown_tokens": "Placeholders nobody knows",
    "unread": "Files that could not be read",
    "verdict": "Verdict",
    "version": "Version",
    "way": "How the wish was made",
    "words": "Hash of the words that were shown",
}
COMMITMENTS: Mapping[str, str] = {
    "reply": "What the customer read",
    "request": "What the customer said",
    "report": "The report",
}


def event_words(code: str) -> str:
    """What an event is called on a page."""
    return EVENTS.get(code, code or "Something that cannot be read")


def fact_words(code: str) -> str:
    """What a fact is called on a page."""
    return FACTS.get(code, code)


def value_words(value: object) -> str:
    """A fact's value for people: yes and no, counts by name, codes as they are."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {count}" for name, count in value.items()) or "nothing"
    if isinstance(value, int):
        return f"{value:,}"
    return grouped(str(value)) if is_fingerprint(value) else str(value) or "nothing"


def is_fingerprint(value: object) -> bool:
    """True for a SHA-256 in hex."""
    return isinstance(value, str) and HASH.fullmatch(value) is not None


def short(fingerprint: str) -> str:
    """The beginning of a fingerprint, in groups of four."""
    return f"{fingerprint[:4]} {fingerprint[4:8]}"


def grouped(fingerprint: str) -> str:
    """A whole fingerprint in groups of four."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))


def events_of(number: int) -> str:
    """A number of events, short enough for a small box."""
    if number >= 1_000_000:
        return f"{number / 1_000_000:.1f} million"
    return "1 event" if number == 1 else f"{number:,} events"


def age_words(seconds: float) -> str:
    """How long ago, in whole units that people use."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * length:
            return f"{int(seconds // length)} {unit}s ago"
    return "1 minute ago" if seconds >= 60 else f"{int(max(seconds, 0))} seconds ago"
