"""Pages from templates: everything is escaped, and a value that was forgotten is a fault, not a blank."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jinja2 import BaseLoader, ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from fairgo.web.static import FOLDER, Assets


def _nothing(_request: Request) -> Mapping[str, object]:
    return {}


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages of one surface share: templates, static files, and values every page gets.

    `frank` is True where only staff look: there an error of our own making (status 500 and above) shows
    its message; elsewhere it shows a reference number, because such messages name files and settings.
    `around` gives the values of the frame, which depend on the request: who is signed in, where they are.
    """

    templates: Environment
    assets: Assets
    shared: Mapping[str, object]
    frank: bool = False
    around: Callable[[Request], Mapping[str, object]] = _nothing


def templates(loader: BaseLoader) -> Environment:
    """The template environment of a surface: its own templates, then the skeleton and the problem page from here.

    A surface that has a `problem.html` of its own can extend ours as `web/problem.html`.
    """
    ours = PackageLoader("fairgo.web", "pages")
    return Environment(
        loader=ChoiceLoader([loader, ours, PrefixLoader({"web": ours})]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def page(
    site: Site, request: Request, template: str, *, status: int = 200, values: Mapping[str, object]
) -> HTMLResponse:
    """A page as a reply.

    Besides `values` and what the site shares, a template has `here` (where the surface is mounted) and
    `asset(name)` (the address of a static file).
    """
    here = request.scope.get("root_path", "")

    def asset(name: str) -> str:
        return f"{here}/{FOLDER}/{site.assets.address(name)}"

    given = {**site.shared, **site.around(request), **values}
    body = site.templates.get_template(template).render(given, here=here, asset=asset)
    return HTMLResponse(body, status_code=status)
