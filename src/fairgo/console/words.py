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
    "jobs.history.forgotten": "Old runs and old notices were forgotten",
    "jobs.run.asked": "Somebody asked for a job",
    "jobs.run.cancel_asked": "Somebody asked a run to stop",
    "jobs.run.cancelled": "A run stopped because it was asked to",
    "jobs.run.dead": "A run failed for good",
    "jobs.run.done": "A run came to its end",
    "jobs.run.failed": "A run failed and will be tried again",
    "jobs.run.lost": "A run lost its worker and went to another",
    "jobs.run.progressed": "A run told how far it is",
    "jobs.run.queued": "A job was due",
    "jobs.run.retried": "Somebody ran a failed run again",
    "jobs.run.skipped": "A job was due and was passed over",
    "jobs.run.started": "A run began",
    "jobs.schedule.declared": "Schedules of jobs came into force",
    "ledger.evidence.checked": "The whole of the evidence was checked",
    "ledger.key.checked": "The age of the key that signs was looked at",
    "ledger.key.joined": "A second key began to sign beside the first",
    "ledger.key.rotated": "The key that signs was changed for another",
    "ledger.pack.made": "A pack for an auditor was made",
    "privacy.customer.erased": "A customer’s content was erased",
    "privacy.erasure.approved": "An erasure was approved by a second person",
    "privacy.erasure.certified": "An erasure was certified",
    "privacy.erasure.failed": "After an erasure something was still found",
    "privacy.erasure.key_destroyed": "A customer’s key was destroyed",
    "privacy.erasure.looked_after": "Erasures that had broken off were carried on",
    "privacy.erasure.refused": "An erasure was refused",
    "privacy.erasure.replayed": "An erasure was carried out again on restored data",
    "privacy.erasure.requested": "An erasure was requested",
    "privacy.erasure.scanned": "After an erasure the data was searched, and nothing was found",
    "privacy.files.purged": "What was deleted was taken out of the files",
    "privacy.hold.lifted": "A legal hold was lifted",
    "privacy.hold.placed": "A legal hold was placed",
    "privacy.tokens.purged": "Placeholders that had outlived their conversation were deleted",
    "staff.application.added": "An application was added",
    "staff.application.changed": "What an application may do was changed",
    "staff.application.revoked": "An application was revoked",
    "staff.application.rotated": "An application got another key",
    "staff.application.used": "An application’s key was used in this hour",
    "staff.content.read": "Somebody read what a customer wrote, and said why",
    "staff.digest.queued": "Digests of notices were queued",
    "staff.factor.added": "A way for a staff member to prove who they are was added",
    "staff.factor.removed": "A way for a staff member to prove who they are was removed",
    "staff.factor.used_up": "A staff member used up a recovery code",
    "staff.form.dropped": "A form that was kept for a staff member was dropped",
    "staff.form.kept": "A form that came too late was kept for a staff member",
    "staff.invitation.accepted": "A staff member used the link to set up their account",
    "staff.member.added": "A staff member was added",
    "staff.member.disabled": "A staff member may not sign in any more",
    "staff.member.enabled": "A staff member may sign in again",
    "staff.member.invited": "A link to set up an account was made",
    "staff.member.reset": "A staff member’s password and factors were taken away",
    "staff.notice.mailed": "Notices were mailed to a staff member",
    "staff.notice.put_off": "A mail was put off until quiet hours end",
    "staff.notice.raised": "Staff were told that something needs them",
    "staff.notice.read": "A staff member read notices",
    "staff.notice.sent": "A notice was sent to the webhook",
    "staff.password.proved": "A staff member gave the right password",
    "staff.password.rehashed": "A password was hashed anew under newer parameters",
    "staff.password.set": "A staff member’s password was set",
    "staff.preferences.changed": "A staff member chose how to be told",
    "staff.register.decided": "Somebody decided about a system",
    "staff.register.edited": "A register entry was edited",
    "staff.register.tiered": "The questions about a system’s tier were answered",
    "staff.role.given": "A staff member was given a role",
    "staff.role.taken": "A role was taken back from a staff member",
    "staff.session.began": "A staff member signed in",
    "staff.session.ended": "Sessions of a staff member ended",
    "staff.session.moved": "A staff member went over to another tenant",
    "staff.session.stepped_up": "A staff member proved anew that it is them",
    "staff.session.swept": "Sessions whose time is over were deleted",
    "staff.sign_in.failed": "A try to sign in failed",
    "transparency.wish.recognised": "A customer’s wish to leave the AI was recognised",
}
FACTS: Mapping[str, str] = {
    "after": "New key, in short",
    "answers": "Hash of the answers",
    "answers_version": "Version of the answers",
    "application": "Application",
    "approved_by": "Approved by",
    "attempt": "Attempt",
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
    "conditions": "Hash of the conditions",
    "count": "How many",
    "days": "Days",
    "decision": "Decision",
    "deleted": "Rows deleted",
    "disclosure": "Hash of the disclosure’s words",
    "done": "Done",
    "entry": "Hash of the entry",
    "entry_version": "Version of the entry",
    "factor": "Factor",
    "files": "Files",
    "findings": "Findings",
    "first": "First position",
    "full": "All questions were needed",
    "handover": "Hand-over",
    "hidden": "Hidden in the reply",
    "hold": "Legal hold",
    "holds": "Legal holds",
    "jobs": "Jobs",
    "kept": "Rows kept without what is personal",
    "key": "New public key",
    "kind": "Kind, as a code",
    "known": "Known here",
    "last": "Last position",
    "leaves": "Leaves",
    "manifest": "Hash of the manifest",
    "member": "Staff member, by id",
    "missing": "Needed answers still missing",
    "notice": "Notice",
    "of": "Of so many",
    "opened": "Commitments opened, by leaf",
    "outcome": "Verdict",
    "part": "Part",
    "parts": "Parts",
    "people": "People told",
    "places": "Places where something was found",
    "problem": "Problem, as a code",
    "proof": "How they proved who they are",
    "purpose": "Purpose",
    "questions": "Version of the questions",
    "reason": "Reason, as a code",
    "request": "Request",
    "requested_by": "Requested by",
    "restored": "Placeholders given back",
    "result": "Hash of the answer",
    "role": "Role",
    "rows": "Rows",
    "run": "Run",
    "scanned": "Characters scanned, rounded up",
    "scopes": "Scopes",
    "settings": "Hash of what was asked",
    "size": "Size of the tree",
    "status": "HTTP status",
    "steps": "Steps passed, and whether they changed or stopped the turn",
    "streaming": "Sent in pieces as it was written",
    "stuck": "Not finished",
    "tables": "Rows by table",
    "tenant": "Tenant",
    "tier": "Tier",
    "turn": "Turn",
    "turns": "Turns",
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
    "words": "What the reader wrote",
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
