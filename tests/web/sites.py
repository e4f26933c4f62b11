"""A small surface to try the guards on."""

from jinja2 import DictLoader
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from fairgo.core.errors import EvidenceBroken, NotFound
from fairgo.web.forms import read_form
from fairgo.web.guards import Hosts, LoopbackOnly
from fairgo.web.rendering import Site, page, templates
from fairgo.web.static import read_assets
from fairgo.web.surface import surface

PRIVATE = "Maria Rossi, 12 Wattle Street"
FRAME = (
    '{% extends "skeleton.html" %}'
    "{% block body %}{% block skip %}{% endblock %}{% block main %}{{ words }}{% endblock %}{% endblock %}"
)


def a_site(*, frank: bool = False, frame: str = FRAME) -> Site:
    return Site(
        templates=templates(DictLoader({"frame.html": frame})),
        assets=read_assets("fairgo.web"),
        shared={"lang": "en-AU", "direction": "ltr"},
        frank=frank,
    )


def a_client(
    site: Site | None = None, *, guarded: bool = False, client: str = "127.0.0.1", host: str = "localhost"
):
    site = a_site() if site is None else site

    def show(request: Request) -> Response:
        return page(site, request, "frame.html", values={"words": "<script>alert(1)</script>"})

    def forgetful(request: Request) -> Response:
        return page(site, request, "frame.html", values={})

    def crash(_: Request) -> Response:
        raise ValueError(PRIVATE)

    def ours(_: Request) -> Response:
        raise EvidenceBroken(f"the file of {PRIVATE} is broken", hint="look there")

    def theirs(_: Request) -> Response:
        raise NotFound("No such thing.", hint="Try another.")

    def breaks_off(_: Request) -> Response:
        def pieces():
            yield b"begun"
            raise ValueError(PRIVATE)

        return StreamingResponse(pieces())

    async def post(request: Request) -> Response:
        form = await read_form(request)
        return PlainTextResponse(repr(sorted(form.items())))

    pages = (show, forgetful, crash, ours, theirs, breaks_off)
    routes = [Route(f"/{item.__name__}", item) for item in pages]
    guards = [Middleware(Hosts, allowed={"localhost", "127.0.0.1", "::1"}), Middleware(LoopbackOnly)]
    app = surface(site, [*routes, Route("/post", post, methods=["POST"])], guards if guarded else ())
    mounted = Mount("/here", app)
    return TestClient(
        mounted, base_url=f"http://{host}", client=(client, 50000), raise_server_exceptions=False
    )
