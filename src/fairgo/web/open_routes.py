"""Routes that are open to everyone, each with the reason; a house test lists them."""

from collections.abc import Callable, Sequence
from typing import Any

from starlette.routing import Route


class OpenRoute(Route):
    """A route that asks nobody who they are. `public` says in a sentence why."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        why: str,
        methods: Sequence[str] = ("GET",),
        name: str | None = None,
    ) -> None:
        super().__init__(path, endpoint, methods=list(methods), name=name)
        self.public = why
