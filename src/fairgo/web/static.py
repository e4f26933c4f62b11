"""Static files: read once when a surface starts, served under an address that names their content."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import PurePath

from starlette.requests import Request
from starlette.responses import Response

from fairgo.core.errors import Misconfigured, NotFound, nearest
from fairgo.web.open_routes import OpenRoute

FOLDER = "static"
TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file as it is sent."""

    body: bytes
    type: str


@dataclass(frozen=True, slots=True)
class Assets:
    """The static files of a surface: `addresses` maps a plain name to the hashed one, `files` that to its content."""

    addresses: Mapping[str, str]
    files: Mapping[str, Asset]

    def address(self, name: str) -> str:
        """The name under which a file is served, such as `site.0f3c….css`. Raises Misconfigured for an unknown file."""
        try:
            return self.addresses[name]
        except KeyError:
            raise Misconfigured(f"no static file {name!r}", hint=nearest(name, self.addresses)) from None

    def serve(self, request: Request) -> Response:
        """The file, to be kept for good by the browser: another content has another address. Raises NotFound."""
        asset = self.files.get(request.path_params["name"])
        if asset is None:
            raise NotFound("This file does not exist.", hint="Load the page again to get the present one.")
        return Response(asset.body, headers={"content-type": asset.type, "cache-control": FOREVER})

    @property
    def route(self) -> OpenRoute:
        """Where a surface serves them."""
        return OpenRoute(
            f"/{FOLDER}/{{name}}", self.serve, why="style, scripts and pictures, alike for everyone"
        )


def read_assets(*packages: str) -> Assets:
    """The files in the `static` folders of these packages. Raises Misconfigured for a kind of file that is not served."""
    addresses: dict[str, str] = {}
    found: dict[str, Asset] = {}
    for package in packages:
        for file in sorted(files(package).joinpath(FOLDER).iterdir(), key=lambda item: item.name):
            path = PurePath(file.name)
            if path.suffix not in TYPES:
                raise Misconfigured(f"{file.name!r} is not a kind of file that is served")
            body = file.read_bytes()
            hashed = f"{path.stem}.{hashlib.sha256(body).hexdigest()[:16]}{path.suffix}"
            addresses[file.name] = hashed
            found[hashed] = Asset(body, TYPES[path.suffix])
    return Assets(addresses, found)
