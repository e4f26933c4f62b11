"""Signing in: name and password, then a code; or a passkey, which is both at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from fairgo.console.sign_in import cookies
from fairgo.console.sign_in.arriving import WRONG, arrive, begin, refuse
from fairgo.console.sign_in.cookies import Entry, new_entry
from fairgo.console.sign_in.entrance import SIGN_IN, Entrance
from fairgo.console.sign_in.showing import Desk
from fairgo.core.errors import FairgoError, NotAllowed
from fairgo.core.events import Event
from fairgo.ledger.recording import Recording
from fairgo.staff import accounts, factors, limits, passkeys, totp
from fairgo.staff.accounts import Account
from fairgo.staff.doors import MEMBER, public

CODE_WRONG = "This code does not fit, or it was used already."


@dataclass(frozen=True, slots=True)
class Entering:
    """The three pages in front of the console, and what they take."""

    desk: Desk

    @property
    def entrance(self) -> Entrance:
        """The house's door."""
        return self.desk.entrance

    async def start(self, request: Request) -> Response:
        """The first page; whoever is signed in already goes on."""
        wanted = self.desk.wanted(request)
        if request.scope.get(MEMBER) is not None:
            return RedirectResponse(wanted, 303)
        entry = new_entry(self.entrance, "start", next=wanted)
        return self._start(
            request, entry, kept="kept" in request.query_params, left="left" in request.query_params
        )

    async def password(self, request: Request) -> Response:
        """Name and password. A wrong one, and an account that does not exist, get the same reply after the same time."""
        typed = ""
        try:
            entry, fields = await self.desk.sent(request, "start")
            typed = fields.get("name", "")
            account = await self._proved(request, typed, fields.get("password", ""))
        except NotAllowed as wrong:
            entry = self.desk.entry(request, "start") or new_entry(self.entrance, "start")
            return self._start(request, entry, wrong=wrong, typed=typed)
        stage: cookies.Stage = "code" if account.has_second_factor else "set-up"
        entry = new_entry(self.entrance, stage, next=entry.next, member=account.id)
        return self.desk.go(request, f"/{stage}", entry)

    async def ask_code(self, request: Request) -> Response:
        """The page that asks for the second factor."""
        entry = self.desk.entry(request, "code")
        return self.desk.go(request, "") if entry is None else await self._code(request, entry)

    async def code(self, request: Request) -> Response:
        """A code from the app, or one of the recovery codes."""
        try:
            entry, fields = await self.desk.sent(request, "code")
        except NotAllowed as wrong:
            return self._start(request, new_entry(self.entrance, "start"), wrong=wrong)
        try:
            token = await self._entered(request, entry, fields.get("code", ""))
        except FairgoError as wrong:
            return await self._code(request, entry, wrong=wrong)
        return await arrive(self.entrance, request, entry.member, token, entry.next)

    async def passkey(self, request: Request) -> Response:
        """A passkey's answer, which a small script of ours puts into a form."""
        try:
            entry, fields = await self.desk.sent(request, "start", "code")
        except NotAllowed as wrong:
            return self._start(request, new_entry(self.entrance, "start"), wrong=wrong)
        try:
            member, token = await self._recognised(request, entry, fields.get("answer", ""))
        except FairgoError as wrong:
            fresh = new_entry(self.entrance, entry.stage, next=entry.next, member=entry.member)
            if entry.stage == "code":
                return await self._code(request, fresh, wrong=wrong)
            return self._start(request, fresh, wrong=wrong)
        return await arrive(self.entrance, request, member, token, entry.next)

    async def _proved(self, request: Request, name: str, password: str) -> Account:
        """The account whose name and password these are. Raises NotAllowed."""
        entrance = self.entrance
        things = (entrance.of_account(accounts.normal_login(name)), entrance.of_address(request))
        await entrance.read(limits.check, entrance.clock(), *things)
        member, kept = await entrance.read(accounts.password_of, name)
        fits = await entrance.hash(entrance.passwords.fits, kept, password)
        if kept is None or not fits:
            await refuse(entrance, *things, way="password", member=member)
            raise NotAllowed(WRONG, hint="Capitals matter in the password.")
        renewed = (
            await entrance.hash(entrance.passwords.hashed, password)
            if entrance.passwords.is_outdated(kept)
            else ""
        )

        def work(tx: Recording) -> None:
            limits.check(tx.connection, tx.moment, *things)
            if renewed:
                accounts.rehash(tx, member, kept, renewed)
            tx.append(Event("staff.password.proved", facts={"member": member}))

        await entrance.write(work)
        return await entrance.read(accounts.existing, member)

    async def _entered(self, request: Request, entry: Entry, code: str) -> str:
        """The token of the session that a code opens. Raises NotAllowed."""
        entrance = self.entrance
        account = await entrance.read(accounts.existing, entry.member)
        things = (entrance.of_account(account.login or account.id), entrance.of_address(request))
        await entrance.read(limits.check, entrance.clock(), *things)
        proof = await proof_by_code(entrance, account, code)
        if proof is None:
            await refuse(entrance, *things, way="code", member=account.id)
            raise NotAllowed(
                CODE_WRONG, hint="Codes change every 30 seconds. Is the clock of your phone right?"
            )

        def work(tx: Recording) -> str:
            limits.check(tx.connection, tx.moment, *things)
            limits.spend(tx, "challenge", entry.challenge, ends_at=entry.ends)
            proof.use(tx)
            limits.succeeded(tx, things[0])
            return begin(entrance, tx, account, request, way=f"password {proof.way}")

        return await entrance.write(work)

    async def _recognised(self, request: Request, entry: Entry, answer: str) -> tuple[str, str]:
        """The member and the token of the session that a passkey opens. Raises NotAllowed."""
        entrance = self.entrance
        address = entrance.of_address(request)
        await entrance.read(limits.check, entrance.clock(), address)
        try:
            kept, count = await proof_by_passkey(entrance, request, entry, answer)
        except NotAllowed:
            await refuse(entrance, address, way="passkey", member=entry.member, entry=entry)
            raise

        def work(tx: Recording) -> str:
            limits.spend(tx, "challenge", entry.challenge, ends_at=entry.ends)
            passkeys.use(tx, kept, count)
            account = accounts.existing(tx.connection, kept.member)
            limits.succeeded(tx, entrance.of_account(account.login or account.id))
            return begin(entrance, tx, account, request, way="passkey")

        return kept.member, await entrance.write(work)

    def _start(
        self,
        request: Request,
        entry: Entry,
        *,
        wrong: FairgoError | None = None,
        typed: str = "",
        **said: bool,
    ) -> Response:
        options = self.desk.passkey_options(request, entry)
        values = {"kept": False, "left": False, **said, "name": typed, "options": options}
        return self.desk.show(request, "start.html", entry, wrong=wrong, **values)

    async def _code(self, request: Request, entry: Entry, *, wrong: FairgoError | None = None) -> Response:
        account = await self.entrance.read(accounts.existing, entry.member)
        place = self.entrance.place(request)
        own = await self.entrance.read(passkeys.of_member, account.id)
        options = (
            passkeys.options_to_prove(place, challenge=entry.challenge_bytes, of=own) if place and own else ""
        )
        return self.desk.show(
            request, "code.html", entry, wrong=wrong, options=options, has_app=account.totp is not None
        )


@dataclass(frozen=True, slots=True)
class CodeProof:
    """A code that fits; `use` takes it, once, in the transaction that lets them in."""

    member: str
    way: str
    step: int = 0
    code: str = ""

    def use(self, tx: Recording) -> None:
        """Use the code up. Raises NotAllowed when another was quicker."""
        if self.step:
            factors.use_step(tx, self.member, self.step)
        else:
            factors.use_recovery_code(tx, self.member, self.code)


async def proof_by_code(entrance: Entrance, account: Account, code: str) -> CodeProof | None:
    """What a code proves for an account: a step of its app, or an unused recovery code; None when it fits neither."""
    if account.totp is not None:
        secret = totp.unseal(entrance.ledger.keys, account.id, account.totp)
        step = totp.accepted_step(secret, code, at=entrance.clock(), after=account.totp_step)
        if step is not None:
            return CodeProof(account.id, "app", step=step)
    if await entrance.read(factors.has_recovery_code, account.id, code):
        return CodeProof(account.id, "recovery", code=code)
    return None


async def proof_by_passkey(
    entrance: Entrance, request: Request, entry: Entry, answer: str
) -> tuple[passkeys.Passkey, int]:
    """The passkey that signed this browser's challenge, and its new count. Raises NotAllowed.

    Where a member is known already it must be theirs.
    """
    place = entrance.place(request)
    if place is None:
        raise NotAllowed("Passkeys need a name.", hint="Open this page as http://localhost instead.")
    kept = await entrance.read(passkeys.answering, answer)
    if entry.member and kept.member != entry.member:
        raise NotAllowed("This passkey belongs to another account.", hint="Use one of your own.")
    return kept, passkeys.proved(place, answer, kept, challenge=entry.challenge_bytes)


def routes(desk: Desk) -> Sequence[BaseRoute]:
    """Where one signs in."""
    pages = Entering(desk)
    why = "whoever is not signed in must be able to sign in"
    return [
        public(SIGN_IN, pages.start, why=why),
        public(SIGN_IN, pages.password, methods=["POST"], why=why),
        public(f"{SIGN_IN}/code", pages.ask_code, why=why),
        public(f"{SIGN_IN}/code", pages.code, methods=["POST"], why=why),
        public(f"{SIGN_IN}/passkey", pages.passkey, methods=["POST"], why=why),
    ]
