"""Signing in with a provider: there, back, and out when the provider says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from fairgo.console.sign_in import cookies
from fairgo.console.sign_in.arriving import arrive, begin, carry, refuse
from fairgo.console.sign_in.cookies import Entry, new_entry
from fairgo.console.sign_in.entrance import SIGN_IN, Entrance, here_of, safe_next
from fairgo.console.sign_in.guard import SESSION
from fairgo.console.sign_in.showing import Desk
from fairgo.core.errors import FairgoError, NotAllowed, NotFound
from fairgo.ledger.recording import Recording
from fairgo.staff import accounts, limits, provided, sessions
from fairgo.staff.doors import public
from fairgo.staff.oidc import Identity, Provider
from fairgo.staff.sessions import Session
from fairgo.web.forms import read_form

TOKENS_COUNT_FOR = cookies.ENTRY_LASTS


@dataclass(frozen=True, slots=True)
class Providing:
    """The way to the provider and back."""

    desk: Desk

    @property
    def entrance(self) -> Entrance:
        """The house's door."""
        return self.desk.entrance

    @property
    def provider(self) -> Provider:
        """The configured provider. Raises NotFound when there is none."""
        if self.entrance.provider is None:
            raise NotFound("No provider signs staff in here.")
        return self.entrance.provider

    async def there(self, request: Request) -> Response:
        """Send the browser to the provider; for a step-up, to prove anew that it is them."""
        again = "again" in request.query_params
        session = request.scope.get(SESSION)
        if again and not isinstance(session, Session):
            return self.desk.go(request, "")
        asking = await self.provider.ask(self._back(request), again=again)
        entry = new_entry(
            self.entrance,
            "provider",
            next=self.desk.wanted(request),
            challenge=asking.nonce,
            secret=asking.verifier,
            state=asking.state,
            member=session.member if again and isinstance(session, Session) else "",
        )
        response = RedirectResponse(asking.address, HTTPStatus.SEE_OTHER)
        cookies.keep_entry(self.entrance, response, entry)
        return response

    async def back(self, request: Request) -> Response:
        """The browser comes back: with a code that fits, it is let in."""
        entry = self.desk.entry(request, "provider")
        try:
            if entry is None:
                raise NotAllowed(
                    "This sign-in was not begun in this browser, or too long ago.", hint="Start it again."
                )
            return await self._arrived(request, entry)
        except FairgoError as wrong:
            await refuse(self.entrance, self.entrance.of_address(request), way="provider")
            start = new_entry(self.entrance, "start", next=entry.next if entry else "")
            options = self.desk.passkey_options(request, start)
            return self.desk.show(
                request, "start.html", start, wrong=wrong, name="", options=options, kept=False, left=False
            )

    async def ended(self, request: Request) -> Response:
        """The provider signs somebody out (OpenID Connect Back-Channel Logout 1.0). No browser is involved."""
        fields = await read_form(request)
        subject, session, mark = await self.provider.ended(fields.get("logout_token", ""))
        issuer = self.provider.issuer

        def work(tx: Recording) -> None:
            limits.spend(tx, "logout", mark, ends_at=tx.moment + TOKENS_COUNT_FOR)
            account = accounts.by_subject(tx.connection, issuer, subject)
            sessions.end_of_provider(tx, account.id if account else "", session)

        await self.entrance.write(work)
        return Response(headers={"cache-control": "no-store"})

    async def _arrived(self, request: Request, entry: Entry) -> Response:
        identity = await self.provider.identify(
            request.query_params,
            state=entry.state,
            nonce=entry.challenge,
            verifier=entry.secret,
            back=self._back(request),
        )
        if entry.member:
            return await self._stepped_up(request, entry, identity)

        def work(tx: Recording) -> tuple[str, str]:
            limits.spend(tx, "state", entry.state, ends_at=entry.ends)
            account = provided.welcome(tx, identity)
            token = begin(
                self.entrance, tx, account, request, way="provider", provider_session=identity.session
            )
            return account.id, token

        member, token = await self.entrance.write(work)
        return await arrive(self.entrance, request, member, token, entry.next)

    async def _stepped_up(self, request: Request, entry: Entry, identity: Identity) -> Response:
        session = request.scope.get(SESSION)
        if not isinstance(session, Session):
            raise NotAllowed("Your session has ended meanwhile.", hint="Sign in again.")

        def own(connection: Connection) -> bool:
            account = accounts.by_subject(connection, identity.issuer, identity.subject)
            return account is not None and account.id == session.member == entry.member

        if not await self.entrance.read(own) or not identity.is_fresh(self.entrance.clock()):
            raise NotAllowed("The provider did not see you prove anew that it is you.", hint="Try once more.")

        def work(tx: Recording) -> str:
            limits.spend(tx, "state", entry.state, ends_at=entry.ends)
            return sessions.step_up(tx, session.id, way="provider")

        token = await self.entrance.write(work)
        response = RedirectResponse(safe_next(request, entry.next), HTTPStatus.SEE_OTHER)
        carry(self.entrance, response, token)
        return response

    def _back(self, request: Request) -> str:
        return f"{self.entrance.origin(request)}{here_of(request)}{SIGN_IN}/provider/back"


def routes(desk: Desk) -> Sequence[BaseRoute]:
    """To the provider, back from it, and what it calls by itself."""
    pages = Providing(desk)
    why = "the provider and its users come here before anybody is signed in; what they bring is proved by signatures"
    return [
        public(f"{SIGN_IN}/provider", pages.there, why=why),
        public(f"{SIGN_IN}/provider/back", pages.back, why=why),
        public(f"{SIGN_IN}/provider/ended", pages.ended, methods=["POST"], why=why),
    ]
