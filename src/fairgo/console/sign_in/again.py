"""Step-up: before something dangerous, whoever is signed in proves anew that it is them. It lasts ten minutes."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from fairgo.console.sign_in.arriving import carry, refuse
from fairgo.console.sign_in.cookies import Entry, new_entry
from fairgo.console.sign_in.entering import CodeProof, proof_by_code, proof_by_passkey
from fairgo.console.sign_in.entrance import SIGN_IN, Entrance, here_of, safe_next
from fairgo.console.sign_in.guard import session_of
from fairgo.console.sign_in.showing import Desk
from fairgo.core.errors import FairgoError, NotAllowed
from fairgo.ledger.recording import Recording
from fairgo.staff import accounts, kept, limits, passkeys, sessions
from fairgo.staff.accounts import Account
from fairgo.staff.doors import page
from fairgo.staff.rights import Right

Prove = Callable[[Request, Entry, dict[str, str]], Awaitable[str]]
WRONG = "The password and the code do not fit together."


@dataclass(frozen=True, slots=True)
class Again:
    """The page that asks once more, and what it takes."""

    desk: Desk

    @property
    def entrance(self) -> Entrance:
        """The house's door."""
        return self.desk.entrance

    async def ask(self, request: Request) -> Response:
        """The page. Here are the ways this member has."""
        member = session_of(request).member
        entry = new_entry(self.entrance, "again", next=self.desk.wanted(request), member=member)
        return await self._page(request, entry, kept="kept" in request.query_params)

    async def password(self, request: Request) -> Response:
        """Password and code, both at once: it tells nobody which of them was wrong."""
        return await self._prove(request, self._by_password)

    async def passkey(self, request: Request) -> Response:
        """A passkey of this member."""
        return await self._prove(request, self._by_passkey)

    async def _prove(self, request: Request, prove: Prove) -> Response:
        session = session_of(request)
        entry = self.desk.entry(request, "again")
        if entry is None or entry.member != session.member:
            return RedirectResponse(f"{here_of(request)}{SIGN_IN}/again", HTTPStatus.SEE_OTHER)
        try:
            entry, fields = await self.desk.sent(request, "again")
            token = await prove(request, entry, fields)
        except FairgoError as wrong:
            challenge = new_entry(self.entrance, "again").challenge
            return await self._page(request, replace(entry, challenge=challenge), wrong=wrong)
        form = await self.entrance.read(
            kept.newest, self.entrance.ledger.keys, entry.member, at=self.entrance.clock()
        )
        place = f"{here_of(request)}{SIGN_IN}/kept" if form else safe_next(request, entry.next)
        response = RedirectResponse(place, HTTPStatus.SEE_OTHER)
        carry(self.entrance, response, token)
        return response

    async def _by_password(self, request: Request, entry: Entry, fields: dict[str, str]) -> str:
        entrance, session = self.entrance, session_of(request)
        account = await entrance.read(accounts.existing, entry.member)
        things = (entrance.of_account(account.login or account.id), entrance.of_address(request))
        await entrance.read(limits.check, entrance.clock(), *things)
        fits = await entrance.hash(entrance.passwords.fits, account.password, fields.get("password", ""))
        proof = await proof_by_code(entrance, account, fields.get("code", ""))
        if not fits or proof is None:
            await refuse(entrance, *things, way="again", member=account.id)
            raise NotAllowed(WRONG, hint="Codes change every 30 seconds: take the newest.")
        return await entrance.write(lambda tx: self._stepped(tx, entry, session.id, account, proof))

    def _stepped(self, tx: Recording, entry: Entry, session: str, account: Account, proof: CodeProof) -> str:
        things = (self.entrance.of_account(account.login or account.id),)
        limits.check(tx.connection, tx.moment, *things)
        limits.spend(tx, "challenge", entry.challenge, ends_at=entry.ends)
        proof.use(tx)
        limits.succeeded(tx, *things)
        return sessions.step_up(tx, session, way=f"password {proof.way}")

    async def _by_passkey(self, request: Request, entry: Entry, fields: dict[str, str]) -> str:
        entrance, session = self.entrance, session_of(request)
        address = entrance.of_address(request)
        await entrance.read(limits.check, entrance.clock(), address)
        try:
            kept_key, count = await proof_by_passkey(entrance, request, entry, fields.get("answer", ""))
        except NotAllowed:
            await refuse(entrance, address, way="again", member=entry.member, entry=entry)
            raise

        def work(tx: Recording) -> str:
            limits.spend(tx, "challenge", entry.challenge, ends_at=entry.ends)
            passkeys.use(tx, kept_key, count)
            return sessions.step_up(tx, session.id, way="passkey")

        return await entrance.write(work)

    async def _page(
        self, request: Request, entry: Entry, *, wrong: FairgoError | None = None, kept: bool = False
    ) -> Response:
        account = await self.entrance.read(accounts.existing, entry.member)
        place = self.entrance.place(request)
        own = await self.entrance.read(passkeys.of_member, account.id)
        options = (
            passkeys.options_to_prove(place, challenge=entry.challenge_bytes, of=own) if place and own else ""
        )
        return self.desk.show(
            request,
            "again.html",
            entry,
            wrong=wrong,
            kept=kept,
            options=options,
            by_password=account.password is not None and account.totp is not None,
            by_provider=account.issuer is not None,
        )


def routes(desk: Desk) -> Sequence[BaseRoute]:
    """Where one proves anew that it is oneself."""
    pages = Again(desk)
    own = Right.ACCOUNT_OWN
    return [
        page(f"{SIGN_IN}/again", pages.ask, right=own),
        page(f"{SIGN_IN}/again", pages.password, right=own, methods=["POST"]),
        page(f"{SIGN_IN}/again/passkey", pages.passkey, right=own, methods=["POST"]),
    ]
