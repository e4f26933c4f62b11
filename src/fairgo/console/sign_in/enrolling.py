"""Setting up an account: a link that works once, a password or a passkey, then an app with its recovery codes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fairgo.console.sign_in.arriving import arrive, begin, carry
from fairgo.console.sign_in.cookies import Entry, new_entry
from fairgo.console.sign_in.entrance import SIGN_IN, Entrance, here_of
from fairgo.console.sign_in.showing import Desk
from fairgo.core.errors import BadRequest, FairgoError, NotAllowed
from fairgo.ledger.recording import Recording
from fairgo.staff import accounts, factors, limits, passkeys, totp
from fairgo.staff.accounts import Account
from fairgo.staff.doors import public

APP_WRONG = "This code does not fit."


@dataclass(frozen=True, slots=True)
class Enrolling:
    """The link's page, and the second factor's."""

    desk: Desk

    @property
    def entrance(self) -> Entrance:
        """The house's door."""
        return self.desk.entrance

    async def invited(self, request: Request) -> Response:
        """What a link opens: choose a password, or make a passkey."""
        token = request.path_params["link"]
        account = await self._invited(token)
        entry = new_entry(self.entrance, "set-up", member=account.id, invitation=token)
        return await self._choose(request, entry, account)

    async def password(self, request: Request) -> Response:
        """The first password. The link is used up by it; an app or a passkey comes next."""
        entry, fields = await self.desk.sent(request, "set-up")
        account = await self._invited(entry.invitation)
        password = fields.get("password", "")
        try:
            check_new(self.entrance, password, fields.get("again", ""), account.name)
        except BadRequest as wrong:
            return await self._choose(request, entry, account, wrong=wrong)
        hashed = await self.entrance.hash(self.entrance.passwords.hashed, password)

        def work(tx: Recording) -> None:
            accounts.accept(tx, entry.invitation)
            accounts.set_password(tx, account.id, hashed, by=account.id)

        await self.entrance.write(work)
        entry = new_entry(self.entrance, "set-up", next=entry.next, member=account.id)
        return self.desk.go(request, "/set-up", entry)

    async def ask(self, request: Request) -> Response:
        """The page that sets up a second factor, for whoever has just shown their password."""
        entry = self.desk.entry(request, "set-up")
        if entry is None or entry.invitation:
            return self.desk.go(request, "")
        return await self._second(request, entry)

    async def app(self, request: Request) -> Response:
        """The first code of an app. What follows are the recovery codes, which are shown once."""
        entry, fields = await self.desk.sent(request, "set-up")
        account = await self._newcomer(entry)
        step = totp.accepted_step(
            entry.secret, fields.get("code", ""), at=self.entrance.clock(), after=account.totp_step
        )
        if entry.invitation or not entry.secret or step is None:
            return await self._second(request, entry, wrong=BadRequest(APP_WRONG, hint=APP_HINT))
        codes = totp.new_recovery_codes()

        def work(tx: Recording) -> str:
            self._first(tx, entry)
            factors.set_app(tx, account.id, entry.secret, step=step)
            factors.set_recovery_codes(tx, account.id, codes)
            return begin(self.entrance, tx, account, request, way="password app")

        token = await self.entrance.write(work)
        response = self.desk.show(
            request, "codes.html", entry, codes=codes, on=entry.next or f"{here_of(request)}/"
        )
        del response.headers["set-cookie"]
        carry(self.entrance, response, token)
        return response

    async def passkey(self, request: Request) -> Response:
        """The first passkey: on a link's page in place of a password, or after one in place of an app."""
        entry, fields = await self.desk.sent(request, "set-up")
        account = await (self._invited(entry.invitation) if entry.invitation else self._newcomer(entry))
        place = self.entrance.place(request)
        try:
            if place is None:
                raise no_name()
            new = passkeys.added(place, fields.get("answer", ""), challenge=entry.challenge_bytes)
        except FairgoError as wrong:
            fresh = replace(entry, challenge=new_entry(self.entrance, "set-up").challenge)
            if entry.invitation:
                return await self._choose(request, fresh, account, wrong=wrong)
            return await self._second(request, fresh, wrong=wrong)

        def work(tx: Recording) -> str:
            self._first(tx, entry)
            if entry.invitation:
                accounts.accept(tx, entry.invitation)
            passkeys.keep(tx, account.id, new, label=fields.get("label", ""))
            return begin(self.entrance, tx, account, request, way="passkey")

        token = await self.entrance.write(work)
        return await arrive(self.entrance, request, account.id, token, entry.next)

    def _first(self, tx: Recording, entry: Entry) -> None:
        """Raises NotAllowed unless this page counts now and the account still has no second factor."""
        limits.spend(tx, "challenge", entry.challenge, ends_at=entry.ends)
        if accounts.existing(tx.connection, entry.member).has_second_factor:
            raise NotAllowed(SET_UP, hint="Sign in with what is there.")

    async def _invited(self, token: str) -> Account:
        return await self.entrance.read(accounts.invited, token, at=self.entrance.clock())

    async def _newcomer(self, entry: Entry) -> Account:
        account = await self.entrance.read(accounts.existing, entry.member)
        if account.has_second_factor:
            raise NotAllowed(SET_UP, hint="Sign in with what is there.")
        return account

    async def _choose(
        self, request: Request, entry: Entry, account: Account, *, wrong: FairgoError | None = None
    ) -> Response:
        options = await self._options(request, entry, account)
        return self.desk.show(request, "invited.html", entry, wrong=wrong, name=account.name, options=options)

    async def _second(self, request: Request, entry: Entry, *, wrong: FairgoError | None = None) -> Response:
        account = await self._newcomer(entry)
        entry = entry if entry.secret else replace(entry, secret=totp.new_secret())
        return self.desk.show(
            request,
            "second.html",
            entry,
            wrong=wrong,
            secret=totp.grouped(entry.secret),
            address=totp.address(entry.secret, name=account.name, issuer=self.entrance.organisation),
            options=await self._options(request, entry, account),
        )

    async def _options(self, request: Request, entry: Entry, account: Account) -> str:
        place = self.entrance.place(request)
        if place is None:
            return ""
        there = await self.entrance.read(passkeys.of_member, account.id)
        return passkeys.options_to_add(
            place, member=account.id, name=account.name, challenge=entry.challenge_bytes, there=there
        )


SET_UP = "This account is set up already."
APP_HINT = "Codes change every 30 seconds: take the newest."


def no_name() -> BadRequest:
    """Browsers tie passkeys to a host's name, and a bare address is none."""
    return BadRequest("Passkeys need a name.", hint="Open this page as http://localhost instead.")


def check_new(entrance: Entrance, password: str, again: str, name: str) -> None:
    """Raises BadRequest unless this can be a new password, typed twice alike."""
    complaint = entrance.passwords.complaint(password, about=[name])
    if complaint:
        raise BadRequest(complaint, detail="password")
    if password != again:
        raise BadRequest("The two do not say the same.", hint="Type the password once more.", detail="again")


def routes(desk: Desk) -> Sequence[BaseRoute]:
    """Where an account is set up."""
    pages = Enrolling(desk)
    why = "whoever comes with a link, or with a password alone, sets up their account here"
    return [
        public(f"{SIGN_IN}/invited/{{link}}", pages.invited, why=why),
        public(f"{SIGN_IN}/invited", pages.password, methods=["POST"], why=why),
        public(f"{SIGN_IN}/set-up", pages.ask, why=why),
        public(f"{SIGN_IN}/set-up/app", pages.app, methods=["POST"], why=why),
        public(f"{SIGN_IN}/set-up/passkey", pages.passkey, methods=["POST"], why=why),
    ]
