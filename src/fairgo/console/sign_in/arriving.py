"""The end of every way in: a session, its cookie, and on to where they wanted to go, or to what they could not send."""

from contextlib import suppress
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fairgo.console.sign_in import cookies
from fairgo.console.sign_in.cookies import Entry
from fairgo.console.sign_in.entrance import SIGN_IN, Entrance, here_of, safe_next
from fairgo.core.errors import NotAllowed
from fairgo.core.events import Event
from fairgo.ledger.recording import Recording
from fairgo.staff import accounts, kept, limits, sessions
from fairgo.staff.accounts import Account
from fairgo.staff.limits import Counted

WRONG = "The name and the password do not fit together."


def begin(
    entrance: Entrance,
    tx: Recording,
    account: Account,
    request: Request,
    *,
    way: str,
    provider_session: str | None = None,
) -> str:
    """Begin a session for an account as it stands in this transaction. Gives its token.

    Raises NotAllowed when the account was disabled meanwhile or has no role (any more).
    """
    now = accounts.existing(tx.connection, account.id)
    tenant = next((one for one in now.tenants if accounts.as_member(now, one, at=tx.moment)), None)
    if tenant is None:
        raise NotAllowed("This account may not sign in.", hint="Ask an owner.", detail="no_role")
    return sessions.begin(
        tx,
        member=account.id,
        tenant=tenant,
        way=way,
        device=sessions.device_words(request.headers.get("user-agent", "")),
        lasts=entrance.lasts,
        provider_session=provider_session,
    )


async def arrive(
    entrance: Entrance, request: Request, member: str, token: str, wanted: str
) -> RedirectResponse:
    """The reply that lets them in."""
    form = await entrance.read(kept.newest, entrance.ledger.keys, member, at=entrance.clock())
    here = here_of(request)
    place = f"{here}{SIGN_IN}/kept" if form else safe_next(request, wanted)
    response = RedirectResponse(place, HTTPStatus.SEE_OTHER)
    carry(entrance, response, token)
    return response


def carry(entrance: Entrance, response: Response, token: str) -> None:
    """Give a session's token to the browser, and take back what stood for the sign-in under way."""
    value = sessions.cookie_value(entrance.secret("cookie"), token, entrance.clock())
    cookies.keep_session(response, value)
    cookies.forget(response, cookies.ENTRY)


async def refuse(
    entrance: Entrance, *things: Counted, way: str, member: str = "", entry: Entry | None = None
) -> None:
    """Count a failure and write it down: alike for accounts that exist and for those that do not.

    With `entry` its challenge is used up too.
    """

    def work(tx: Recording) -> None:
        limits.failed(tx, *things)
        if entry is not None:
            with suppress(NotAllowed):  # it was used up before; this failure counts all the same
                limits.spend(tx, "challenge", entry.challenge, ends_at=entry.ends)
        tx.append(Event("staff.sign_in.failed", facts={"proof": way, "member": member}))

    await entrance.write(work)
