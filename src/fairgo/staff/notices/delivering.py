"""The jobs that take notices out: a mail for each member and notice, a digest a day, a signed request for each notice.

A mail or a request may arrive twice when its sender is killed between sending and noting it; both then carry the same
id (`Message-ID`, `fairgo-delivery`), so that the other side can tell.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson
from sqlalchemy import select, update

from fairgo.core.clock import zone_of
from fairgo.core.errors import UpstreamFailed
from fairgo.core.events import Event
from fairgo.core.jobs import Job
from fairgo.ledger.occurrences import Occurrence
from fairgo.ledger.recording import Recording
from fairgo.staff import accounts
from fairgo.staff.notices import mail, preferences
from fairgo.staff.notices.inbox import NoticeLine, line_of
from fairgo.staff.notices.outbound import post
from fairgo.staff.notices.raising import MAIL, WEBHOOK
from fairgo.staff.notices.records import IN_DIGEST, SENT, copy, notice, preference
from fairgo.store.queueing import put

DIGEST = "notices.digest"
MOST_IN_DIGEST = 200


def deliver_mail(occurrence: Occurrence) -> None:
    """Mail one notice, or a digest, to one member; what they have read meanwhile, or do not want any more, stays away."""
    which, _, member = occurrence.reference.partition("/")
    in_digest = which.startswith("digest")
    house = occurrence.house
    with house.store.reading() as connection:
        account = accounts.find(connection, member)
        wishes = preferences.of_member(connection, member)
        mine = (copy.c.member == member, copy.c.read_at.is_(None))
        asked = copy.c.mail == IN_DIGEST if in_digest else copy.c.notice == which
        rows = connection.execute(
            select(notice, copy.c.read_at)
            .join(copy, copy.c.notice == notice.c.id)
            .where(*mine, asked)
            .order_by(copy.c.raised_at)
            .limit(MOST_IN_DIGEST)
        ).all()
    lines = [line_of(row) for row in rows]
    active = account is not None and account.disabled_at is None
    if not (active and lines and wishes.address and house.settings.smtp_host) or occurrence.is_done():
        return
    now = house.ledger.clock()
    later = wishes.mail_at(now, zone_of(house.settings.time_zone))
    if later > now:
        occurrence.once(lambda tx: _put_off(tx, occurrence.reference, later))
        return
    letter = mail.compose(
        house.settings, house.policy.organisation.name, wishes.address, lines, key=occurrence.id
    )
    mail.send(house.settings, letter)
    occurrence.once(lambda tx: _mark_sent(tx, member, lines))


def _put_off(tx: Recording, reference: str, later: datetime) -> None:
    """The member's quiet hours: the same mail again, at their end."""
    put(
        tx.connection,
        MAIL,
        f"{reference}/{later:%Y%m%d%H%M}",
        due=tx.moment,
        reference=reference,
        not_before=later,
    )
    tx.append(Event("staff.notice.put_off", facts={"member": reference.rpartition("/")[2]}))


def _mark_sent(tx: Recording, member: str, lines: Sequence[NoticeLine]) -> None:
    ids = [line.id for line in lines]
    tx.execute(update(copy).where(copy.c.member == member, copy.c.notice.in_(ids)).values(mail=SENT))
    tx.append(Event("staff.notice.mailed", facts={"member": member, "count": len(lines)}))


def plan_digests(occurrence: Occurrence) -> None:
    """Queue a digest for each member whose hour has come today and who has something in it."""
    now = occurrence.house.ledger.clock()
    local = now.astimezone(zone_of(occurrence.house.settings.time_zone))
    with occurrence.house.store.reading() as connection:
        waiting = select(copy.c.member).where(copy.c.mail == IN_DIGEST, copy.c.read_at.is_(None)).distinct()
        due = select(preference.c.member).where(preference.c.digest_hour <= local.hour)
        members = connection.scalars(due.where(preference.c.member.in_(waiting))).all()

    def queue(tx: Recording) -> None:
        made = 0
        for member in members:
            key = f"digest-{local:%Y-%m-%d}/{member}"
            made += put(tx.connection, MAIL, key, due=tx.moment, reference=f"digest/{member}")
        tx.append(Event("staff.digest.queued", facts={"count": made}))

    if members:
        occurrence.once(queue)


def deliver_webhook(occurrence: Occurrence) -> None:
    """Send one notice to the company's webhook, signed. Anything but a 2xx answer is tried again."""
    house = occurrence.house
    if not house.settings.webhook_url or occurrence.is_done():
        return
    key = mail.read_secret(house.settings.webhook_key_file).encode()
    with house.store.reading() as connection:
        row = connection.execute(select(notice).where(notice.c.id == occurrence.reference)).one()
    body = said(row)
    at = int(house.ledger.clock().timestamp())
    headers = {
        "content-type": "application/json",
        "fairgo-delivery": row.id,
        "fairgo-signature": f"t={at},v1={signature(key, at, body)}",
    }
    near = [name.strip().lower() for name in house.settings.webhook_private_hosts.split(",") if name.strip()]
    status = post(house.settings.webhook_url, body, headers, private_hosts=near)
    if not 200 <= status < 300:
        code = "webhook.redirected" if 300 <= status < 400 else f"webhook.status_{status}"
        raise UpstreamFailed("the webhook was not taken", detail=code)
    occurrence.once(
        lambda tx: tx.append(Event("staff.notice.sent", facts={"notice": row.id, "status": status}))
    )


def said(row: object) -> bytes:
    """A notice as a webhook's body: references only."""
    line = line_of(row)
    value = {
        "id": line.id,
        "kind": line.kind,
        "title": line.title,
        "about": line.about,
        "system": line.system,
        "raised_at": line.raised_at.isoformat(timespec="seconds"),
    }
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def signature(key: bytes, at: int, body: bytes) -> str:
    """HMAC-SHA256 in hex over the moment (Unix seconds), a full stop, and the body."""
    return hmac.new(key, b"%d." % at + body, hashlib.sha256).hexdigest()


JOBS = (
    Job(
        MAIL,
        "mails one notice, or a digest, to one member",
        deliver_mail,
        timeout=timedelta(minutes=2),
        retries=6,
        together=True,
    ),
    Job(
        DIGEST,
        "queues the digests whose hour has come",
        plan_digests,
        schedule="5 * * * *",
        timeout=timedelta(minutes=2),
    ),
    Job(
        WEBHOOK,
        "sends one notice to the webhook",
        deliver_webhook,
        timeout=timedelta(minutes=2),
        retries=8,
        together=True,
    ),
)
