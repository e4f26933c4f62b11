"""The pages of signing in: one frame, one way to say what is wrong beside the field it is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fairgo.console.sign_in import cookies
from fairgo.console.sign_in.cookies import Entry
from fairgo.console.sign_in.entrance import SIGN_IN, Entrance, here_of, safe_next
from fairgo.core.errors import FairgoError, NotAllowed
from fairgo.staff import passkeys
from fairgo.staff.forms import FIELD
from fairgo.web.forms import check_form_token, form_token, read_form
from fairgo.web.problems import status_of
from fairgo.web.rendering import Site, page


@dataclass(frozen=True, slots=True)
class Desk:
    """What shows the pages: how they look, and the house's door."""

    site: Site
    entrance: Entrance

    def show(
        self,
        request: Request,
        template: str,
        entry: Entry,
        *,
        wrong: FairgoError | None = None,
        **values: object,
    ) -> Response:
        """A page of signing in, tied to this browser by its cookie. `wrong` says what was, and nothing else is lost."""
        said: Mapping[str, object] = {
            "token": form_token(self.entrance.secret("form"), entry.browser),
            "next": entry.next,
            "wrong": wrong,
            "typed": {},
            "provider": self.entrance.provider.configured.title if self.entrance.provider else "",
            **values,
        }
        status = HTTPStatus.OK if wrong is None else _status(wrong)
        response = page(self.site, request, f"sign_in/{template}", status=status, values=said)
        cookies.keep_entry(self.entrance, response, entry)
        return response

    def entry(self, request: Request, *stages: cookies.Stage) -> Entry | None:
        """The sign-in under way in this browser, when it is at one of these stages."""
        entry = cookies.entry_of(self.entrance, request)
        return entry if entry is not None and (not stages or entry.stage in stages) else None

    async def sent(self, request: Request, *stages: cookies.Stage) -> tuple[Entry, dict[str, str]]:
        """The sign-in under way and the form that was sent. Raises NotAllowed when they do not belong together."""
        fields = await read_form(request)
        entry = self.entry(request, *stages)
        if entry is None:
            raise NotAllowed(
                "This page needs one cookie, and the browser sent none, or it was too old.",
                hint="Allow cookies for this site, then send it again.",
                detail="cookie",
            )
        check_form_token(self.entrance.secret("form"), entry.browser, fields.pop(FIELD, ""))
        return entry, fields

    def go(self, request: Request, path: str, entry: Entry | None = None) -> Response:
        """On to a page of signing in."""
        response = RedirectResponse(f"{here_of(request)}{SIGN_IN}{path}", HTTPStatus.SEE_OTHER)
        if entry is not None:
            cookies.keep_entry(self.entrance, response, entry)
        return response

    def passkey_options(self, request: Request, entry: Entry) -> str:
        """What the browser needs to use whichever passkey it has for here; empty where there can be none."""
        place = self.entrance.place(request)
        return "" if place is None else passkeys.options_to_prove(place, challenge=entry.challenge_bytes)

    def wanted(self, request: Request) -> str:
        """Where the address asks to go on to, when that is safe."""
        return safe_next(request, request.query_params.get("next", ""))


def _status(wrong: FairgoError) -> int:
    """Too many tries is 429; a password that does not fit is an answer that cannot be used, 422."""
    if wrong.status == HTTPStatus.TOO_MANY_REQUESTS:
        return HTTPStatus.TOO_MANY_REQUESTS
    if wrong.detail in {"cookie", "link"}:
        return HTTPStatus.FORBIDDEN
    status = status_of(wrong)
    return status if status >= HTTPStatus.INTERNAL_SERVER_ERROR else HTTPStatus.UNPROCESSABLE_ENTITY
