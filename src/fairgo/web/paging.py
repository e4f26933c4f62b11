"""Pages of a typed list: how many, after which cursor, and what comes back."""

from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

MOST = 100
USUAL = 50
LONGEST = 2048
Item = TypeVar("Item")

Limit = Annotated[int, Query(ge=1, le=MOST, description="how many at most")]
After = Annotated[
    str | None,
    Query(max_length=LONGEST, description="`next` of the page before; without it the list begins"),
]


class Page(BaseModel, Generic[Item]):
    """One page of a list. `next` is None at the end; a page may be short, even empty, and go on all the same."""

    items: list[Item]
    next: str | None = Field(description="the cursor of the page after; null at the end")
