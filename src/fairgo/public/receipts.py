"""Receipts over HTTP, for whoever was given the name of a leaf. No key is needed: a leaf holds nothing personal."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from fairgo.core.errors import EvidenceBroken, NotFound
from fairgo.ledger.receipts import NOT_YET, receipt
from fairgo.store.engine import Store
from fairgo.web.open_routes import OpenRoute

SOON = {"retry-after": "1"}


def receipt_routes(store: Store) -> list[OpenRoute]:
    """`/receipt/NAME`: the receipt as a file; 404 for an unknown name, with `Retry-After` for a leaf still on its way."""

    def show(request: Request) -> Response:
        name = request.path_params["name"]
        try:
            with store.reading() as connection:
                text = receipt(connection, name)
        except NotFound as missing:
            headers = SOON if missing.detail == NOT_YET else None
            return PlainTextResponse(f"{missing.message}\n{missing.hint}\n", 404, headers)
        except EvidenceBroken as broken:
            return PlainTextResponse(f"{broken.message}\n", broken.status)
        # Not to be kept for long: once witnesses have cosigned, the same address gives a stronger receipt.
        named = {
            "content-disposition": f'attachment; filename="{name}.tlog-proof"',
            "cache-control": "no-cache",
        }
        return PlainTextResponse(text, headers=named)

    return [OpenRoute("/receipt/{name}", show, why="a receipt is for whoever was given the name of its leaf")]
