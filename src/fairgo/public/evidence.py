"""The log as outsiders' tools read it (C2SP tlog-tiles), and receipts. Read-only, for everyone: a leaf holds nothing personal."""

import gzip

from sqlalchemy import Connection
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from fairgo.core.errors import FairgoError, NotFound
from fairgo.ledger.note import Checkpoint
from fairgo.ledger.receipts import newest_signed
from fairgo.ledger.tile_store import tile_reader
from fairgo.ledger.witnesses import with_cosignatures
from fairgo.public.receipts import receipt_routes
from fairgo.store.engine import Store
from fairgo.web.guards import SecurityHeaders
from fairgo.web.open_routes import OpenRoute
from fairgo.web.static import FOREVER

OCTETS = "application/octet-stream"
NOW = "no-store"
ENTRIES = "tile/entries/"
WHY = "the log is for everyone who checks it: a leaf holds nothing personal"


def app(store: Store) -> Starlette:
    """The log, to be mounted at `/ledger`: `/checkpoint`, `/tile/…` and `/receipt/NAME`. Only what a signature covers is served."""

    def checkpoint(_: Request) -> Response:
        with store.reading() as connection:
            note = with_cosignatures(connection, _newest(connection))
        return PlainTextResponse(note, headers={"cache-control": NOW})

    def tile(request: Request) -> Response:
        path = "tile/" + request.path_params["path"]
        with store.reading() as connection:
            size = Checkpoint.within(_newest(connection)).size
            data = tile_reader(connection, size)(path)
        headers = {"cache-control": FOREVER}
        if path.startswith(ENTRIES):  # hashes do not get smaller; entries do, to a fifth
            headers["vary"] = "accept-encoding"
            if "gzip" in _accepted(request):
                headers["content-encoding"] = "gzip"
                data = gzip.compress(data, mtime=0)
        return Response(data, headers=headers, media_type=OCTETS)

    return Starlette(
        routes=[
            OpenRoute("/checkpoint", checkpoint, why=WHY),
            OpenRoute("/tile/{path:path}", tile, why=WHY),
            *receipt_routes(store),
        ],
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers={FairgoError: _refused, HTTPException: _refused},
    )


def _newest(connection: Connection) -> str:
    note = newest_signed(connection)
    if note is None:
        raise NotFound("nothing is signed yet")
    return note


def _accepted(request: Request) -> set[str]:
    """The encodings a client takes, those it refuses by name (`q=0`) left out."""
    said = [part.strip().lower() for part in request.headers.get("accept-encoding", "").split(",")]
    pairs = [part.partition(";")[::2] for part in said]
    return {
        name.strip()
        for name, quality in pairs
        if quality.strip() not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    }


async def _refused(_: Request, error: Exception) -> Response:
    """Plain words: those who read here are programs, and their authors."""
    if isinstance(error, FairgoError):
        return PlainTextResponse(f"{error.message}\n", error.status)
    refused = error if isinstance(error, HTTPException) else HTTPException(500)
    return PlainTextResponse(f"{refused.detail}\n", refused.status_code, refused.headers)
