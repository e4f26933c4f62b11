"""Forms of whoever is signed in: a token in the page that fits only their own session, read and checked in one go."""

from dataclasses import dataclass, field

from starlette.requests import Request

from fairgo.core.errors import SignInNeeded
from fairgo.web.forms import check_form_token, form_token, read_form

GUARD = "fairgo.form"
FIELD = "token"


@dataclass(frozen=True, slots=True)
class FormGuard:
    """What ties forms to one browser's session: a secret of the house, and a name nobody else has."""

    secret: bytes = field(repr=False)
    name: str

    def token(self) -> str:
        """A token for one form."""
        return form_token(self.secret, self.name)

    def check(self, token: str) -> None:
        """Raises NotAllowed unless the token was made for this session."""
        check_form_token(self.secret, self.name, token)


def token(request: Request) -> str:
    """A token for the hidden field `token` of a form; empty when nobody is signed in."""
    guard = request.scope.get(GUARD)
    return guard.token() if isinstance(guard, FormGuard) else ""


async def read(request: Request) -> dict[str, str]:
    """The fields of a posted form of whoever is signed in, without the token.

    Raises SignInNeeded when nobody is, NotAllowed when the form did not come from a page of theirs, BadRequest for
    what is no form.
    """
    guard = request.scope.get(GUARD)
    if not isinstance(guard, FormGuard):
        raise SignInNeeded("Sign in first.", hint="The session may have ended.")
    fields = await read_form(request)
    guard.check(fields.pop(FIELD, ""))
    return fields
