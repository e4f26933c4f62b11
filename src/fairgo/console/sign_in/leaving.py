"""What whoever is signed in can do from every page: sign out, go over to another tenant, send what came too late."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from fairgo.console.sign_in import cookies, visitor
from fairgo.console.sign_in.entrance import SIGN_IN, Entrance, here_of
from fairgo.console.sign_in.guard import session_of
from fairgo.core.errors import NotAllowed, NotFound
from fairgo.ledger.recording import Recording
from fairgo.staff import accounts, forms, kept, sessions
from fairgo.staff.doors import page
from fairgo.staff.rights import Right
from fairgo.web.rendering import Site
from fairgo.web.rendering import page as rendered


@dataclass(frozen=True, slots=True)
class Leaving:
    """The small forms of the frame, and the page of a form that came too late."""

    site: Site
    entrance: Entrance

    async def out(self, request: Request) -> Response:
        """Sign out: the session is gone here, not only in the browser."""
        await forms.read(request)
        if not self.entrance.demo:
            session = session_of(request)
            await self.entrance.write(
                lambda tx: sessions.end(tx, session.id, session.member, reason="signed out")
            )
        response = RedirectResponse(f"{here_of(request)}{SIGN_IN}?left=1", HTTPStatus.SEE_OTHER)
        cookies.forget(response, cookies.SESSION)
        return response

    async def tenant(self, request: Request) -> Response:
        """Go over to another tenant in which they have a role."""
        fields = await forms.read(request)
        session, wanted = session_of(request), fields.get("tenant", "")

        def work(tx: Recording) -> None:
            account = accounts.existing(tx.connection, session.member)
            if accounts.as_member(account, wanted, at=tx.moment) is None:
                raise NotAllowed("You have no role there.")
            sessions.move(tx, session.id, wanted)

        await self.entrance.write(work)
        return RedirectResponse(f"{here_of(request)}/", HTTPStatus.SEE_OTHER)

    async def demo(self, request: Request) -> Response:
        """The demo's visitor goes on in another role."""
        return await visitor.switch(self.entrance, request)

    async def offer(self, request: Request) -> Response:
        """The form that came too late, to be looked over and sent."""
        form = await self._form(request)
        if form is None:
            return RedirectResponse(f"{here_of(request)}/", HTTPStatus.SEE_OTHER)
        values = {"form": form, "fields": form.fields.items(), "token": forms.token(request)}
        return rendered(self.site, request, "sign_in/kept.html", values=values)

    async def drop(self, request: Request) -> Response:
        """Forget it: they do not want it any more."""
        fields = await forms.read(request)
        member = session_of(request).member
        await self.entrance.write(lambda tx: kept.drop(tx, member, fields.get("id", "")))
        return RedirectResponse(f"{here_of(request)}/", HTTPStatus.SEE_OTHER)

    async def send(self, request: Request) -> Response:
        """Send it to where it was meant to go: the browser posts the very same fields there."""
        await forms.read(request)
        form = await self._form(request)
        if form is None or form.id != request.path_params["id"]:
            raise NotFound("This is not kept any more.")
        member = session_of(request).member
        await self.entrance.write(lambda tx: kept.drop(tx, member, form.id))
        return RedirectResponse(form.path, HTTPStatus.TEMPORARY_REDIRECT)

    async def _form(self, request: Request) -> kept.KeptForm | None:
        entrance = self.entrance
        if entrance.demo:
            return None
        member = session_of(request).member
        return await entrance.read(kept.newest, entrance.ledger.keys, member, at=entrance.clock())


def routes(site: Site, entrance: Entrance) -> Sequence[BaseRoute]:
    """Signing out, tenants, the demo's roles, and what came too late."""
    pages = Leaving(site, entrance)
    own = Right.ACCOUNT_OWN
    posts = {
        "/sign-out": pages.out,
        f"{SIGN_IN}/tenant": pages.tenant,
        f"{SIGN_IN}/demo": pages.demo,
        f"{SIGN_IN}/kept/drop": pages.drop,
        f"{SIGN_IN}/kept/{{id}}": pages.send,
    }
    return [
        page(f"{SIGN_IN}/kept", pages.offer, right=own),
        *(page(path, act, right=own, methods=["POST"]) for path, act in posts.items()),
    ]
