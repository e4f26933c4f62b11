"""One's own account: factors, recovery codes, password and sessions. What changes a factor asks for a proof first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from fairgo.console.sign_in.cookies import Entry, entry_of, keep_entry, new_entry
from fairgo.console.sign_in.enrolling import APP_HINT, APP_WRONG, check_new, no_name
from fairgo.console.sign_in.entrance import Entrance, here_of
from fairgo.console.sign_in.guard import session_of
from fairgo.core.errors import BadRequest, Conflict, FairgoError, NotFound, StepUpNeeded
from fairgo.ledger.recording import Recording
from fairgo.staff import accounts, factors, forms, limits, passkeys, sessions, totp
from fairgo.staff.accounts import Account
from fairgo.staff.doors import member_of, page
from fairgo.staff.rights import STEP_UP_LASTS, Right
from fairgo.web.rendering import Site
from fairgo.web.rendering import page as rendered

Work = Callable[[Recording], None]
ACCOUNT = "/account"


@dataclass(frozen=True, slots=True)
class Own:
    """The page of one's own account and what can be done on it."""

    site: Site
    entrance: Entrance

    async def show(self, request: Request) -> Response:
        """What there is. In the demo nobody has an account."""
        if self.entrance.demo:
            return rendered(self.site, request, "sign_in/no_account.html", values={})
        return await self._page(request)

    async def app(self, request: Request) -> Response:
        """The page with a new app's secret."""
        self._proved(request)
        entry = new_entry(
            self.entrance, "set-up", member=session_of(request).member, secret=totp.new_secret()
        )
        return await self._app(request, entry)

    async def set_app(self, request: Request) -> Response:
        """A new app takes the place of the one before."""
        account, fields, session = await self._sent(request)
        entry = entry_of(self.entrance, request)
        if entry is None or entry.member != account.id or not entry.secret:
            return self._done(request)
        step = totp.accepted_step(entry.secret, fields.get("code", ""), at=self.entrance.clock(), after=0)
        if step is None:
            return await self._app(request, entry, wrong=BadRequest(APP_WRONG, hint=APP_HINT))
        first = account.totp is None
        codes = totp.new_recovery_codes() if first else ()

        def work(tx: Recording) -> None:
            limits.spend(tx, "challenge", entry.challenge, ends_at=entry.ends)
            factors.set_app(tx, account.id, entry.secret, step=step, session=session)
            if first:
                factors.set_recovery_codes(tx, account.id, codes, session=session)

        await self.entrance.write(work)
        return self._codes(request, codes) if first else self._done(request, "app")

    async def remove_app(self, request: Request) -> Response:
        """Without the app; something else must be left to sign in with."""
        account, _, session = await self._sent(request)

        def work(tx: Recording) -> None:
            factors.remove_app(tx, account.id, session=session)
            self._can_sign_in(accounts.existing(tx.connection, account.id))

        return await self._do(request, work, "app")

    async def add_passkey(self, request: Request) -> Response:
        """A passkey that this page's script has just made."""
        account, fields, session = await self._sent(request)
        entry, place = entry_of(self.entrance, request), self.entrance.place(request)
        try:
            if place is None or entry is None or entry.member != account.id:
                raise no_name()
            new = passkeys.added(place, fields.get("answer", ""), challenge=entry.challenge_bytes)
        except FairgoError as wrong:
            return await self._page(request, wrong=wrong, about="passkey")

        def work(tx: Recording) -> None:
            limits.spend(tx, "challenge", entry.challenge, ends_at=entry.ends)
            passkeys.keep(tx, account.id, new, label=fields.get("label", ""), session=session)

        return await self._do(request, work, "passkey")

    async def remove_passkey(self, request: Request) -> Response:
        """Without this passkey; something else must be left to sign in with."""
        account, fields, session = await self._sent(request)

        def work(tx: Recording) -> None:
            passkeys.remove(tx, account.id, fields.get("id", ""), session=session)
            self._can_sign_in(accounts.existing(tx.connection, account.id))

        return await self._do(request, work, "passkey")

    async def recovery(self, request: Request) -> Response:
        """New recovery codes, shown once; the earlier ones are good for nothing any more."""
        account, _, session = await self._sent(request)
        if account.totp is None:
            return await self._page(request, wrong=BadRequest("Set up an app first."), about="recovery")
        codes = totp.new_recovery_codes()
        await self.entrance.write(
            lambda tx: factors.set_recovery_codes(tx, account.id, codes, session=session)
        )
        return self._codes(request, codes)

    async def password(self, request: Request) -> Response:
        """Another password. Every other session ends."""
        account, fields, session = await self._sent(request)
        if account.login is None:
            raise BadRequest("The provider that signs you in keeps your password.")
        try:
            check_new(self.entrance, fields.get("password", ""), fields.get("again", ""), account.name)
        except BadRequest as wrong:
            return await self._page(request, wrong=wrong, about="password")
        hashed = await self.entrance.hash(self.entrance.passwords.hashed, fields["password"])

        def work(tx: Recording) -> None:
            accounts.set_password(tx, account.id, hashed, by=account.id)
            sessions.end_all(tx, account.id, reason="factor", but=session)

        return await self._do(request, work, "password")

    async def revoke(self, request: Request) -> Response:
        """End one of one's own sessions, or all but this one."""
        fields = await forms.read(request)
        session = session_of(request)
        one = fields.get("session", "")

        def work(tx: Recording) -> None:
            if one != "others":
                sessions.end(tx, one, session.member, reason="revoked")
            elif not sessions.end_all(tx, session.member, reason="revoked", but=session.id):
                raise NotFound("There is no other session.")

        return await self._do(request, work, "sessions")

    async def _do(self, request: Request, work: Work, about: str) -> Response:
        try:
            await self.entrance.write(work)
        except FairgoError as wrong:
            return await self._page(request, wrong=wrong, about=about)
        return self._done(request, about)

    def _proved(self, request: Request) -> None:
        """Raises StepUpNeeded unless they proved within ten minutes that it is them."""
        if self.entrance.clock() - session_of(request).stepped_up_at >= STEP_UP_LASTS:
            raise StepUpNeeded("Prove once more that it is you.", hint="It takes your password or passkey.")

    async def _sent(self, request: Request) -> tuple[Account, dict[str, str], str]:
        """Whose account, the form, and this session's id. Raises StepUpNeeded before the form is read."""
        self._proved(request)
        fields = await forms.read(request)
        session = session_of(request)
        return await self.entrance.read(accounts.existing, session.member), fields, session.id

    def _can_sign_in(self, account: Account) -> None:
        if not account.has_second_factor:
            raise Conflict(
                "Without it you could not sign in any more.", hint="Add another app or passkey first."
            )

    def _done(self, request: Request, about: str = "") -> Response:
        place = f"{here_of(request)}{ACCOUNT}" + (f"?done={about}#{about}" if about else "")
        return RedirectResponse(place, HTTPStatus.SEE_OTHER)

    def _codes(self, request: Request, codes: Sequence[str]) -> Response:
        return rendered(self.site, request, "sign_in/own_codes.html", values={"codes": codes})

    async def _app(self, request: Request, entry: Entry, *, wrong: FairgoError | None = None) -> Response:
        name = member_of(request).name
        values = {
            "wrong": wrong,
            "secret": totp.grouped(entry.secret),
            "address": totp.address(entry.secret, name=name, issuer=self.entrance.organisation),
            "token": forms.token(request),
        }
        response = rendered(
            self.site,
            request,
            "sign_in/own_app.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
            values=values,
        )
        keep_entry(self.entrance, response, entry)
        return response

    async def _page(self, request: Request, *, wrong: FairgoError | None = None, about: str = "") -> Response:
        session, entrance = session_of(request), self.entrance
        account = await entrance.read(accounts.existing, session.member)
        own = await entrance.read(passkeys.of_member, account.id)
        entry = new_entry(entrance, "set-up", member=account.id)
        place = entrance.place(request)
        values = {
            "account": account,
            "sessions": await entrance.read(sessions.of_member, account.id, at=entrance.clock()),
            "current": session.id,
            "passkeys": own,
            "codes_left": await entrance.read(factors.recovery_codes_left, account.id),
            "proved": entrance.clock() - session.stepped_up_at < STEP_UP_LASTS,
            "wrong": wrong,
            "about": about,
            "done": request.query_params.get("done", "") if wrong is None else "",
            "token": forms.token(request),
            "options": passkeys.options_to_add(
                place, member=account.id, name=account.name, challenge=entry.challenge_bytes, there=own
            )
            if place
            else "",
        }
        status = HTTPStatus.OK if wrong is None else HTTPStatus.UNPROCESSABLE_ENTITY
        response = rendered(self.site, request, "sign_in/account.html", status=status, values=values)
        keep_entry(entrance, response, entry)
        return response


def routes(site: Site, entrance: Entrance) -> Sequence[BaseRoute]:
    """Everything about one's own account."""
    own = Own(site, entrance)
    right = Right.ACCOUNT_OWN
    posts = {
        "/app": own.set_app,
        "/app/remove": own.remove_app,
        "/passkeys": own.add_passkey,
        "/passkeys/remove": own.remove_passkey,
        "/recovery": own.recovery,
        "/password": own.password,
        "/sessions": own.revoke,
    }
    return [
        page(ACCOUNT, own.show, right=right),
        page(f"{ACCOUNT}/app", own.app, right=right),
        *(page(f"{ACCOUNT}{path}", act, right=right, methods=["POST"]) for path, act in posts.items()),
    ]
