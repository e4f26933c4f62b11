"""A text in pieces of any size, given out as plain words and the identifiers between them.

Everything else is built on this: a whole text is one piece, so streaming and not streaming cannot differ.
"""

from collections.abc import Iterator

from fairgo.privacy.security.reading import Item, Place, Reading

Part = tuple[str, Item | None]


class Scanner:
    """Takes text as it comes and gives out what no later text can change.

    Held back is at most an unfinished word, number, address or placeholder, and a number whose following words
    have not arrived. `before` are words that stand before the text without being part of it.
    """

    def __init__(self, before: str = "") -> None:
        self._place = Place(before=before)
        self._held = ""

    def feed(self, text: str) -> list[Part]:
        """Parts that are decided: the text of each, and the identifier it is, or None for plain words."""
        return list(self._parts(self._held + text, final=False))

    def finish(self) -> list[Part]:
        """The parts that were held."""
        return list(self._parts(self._held, final=True))

    def _parts(self, text: str, *, final: bool) -> Iterator[Part]:
        reading = Reading(text, self._place, final=final)
        at = 0
        for item in reading.items:
            if at < item.start:
                yield text[at : item.start], None
            yield text[item.start : item.end], item
            at = item.end
        if at < reading.end:
            yield text[at : reading.end], None
        self._place, self._held = reading.place, text[reading.end :]
