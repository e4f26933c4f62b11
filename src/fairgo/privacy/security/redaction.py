"""What the assistant does not need to see, hidden: placeholders in every text of a turn.

Basis: APP 6 (disclosure), APP 8 (overseas), APP 11.1 (security); Privacy (Tax File Number) Rule 2015.
"""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from fairgo.core.turns import Role, Text, Turn, Vault
from fairgo.core.verdicts import Outcome, Verdict
from fairgo.privacy.security import joining, tokens
from fairgo.privacy.security.detection import found_in
from fairgo.privacy.security.joining import Part
from fairgo.privacy.security.reading import Found
from fairgo.privacy.security.rules import Rules

REASON = "privacy.redacted"
SAID, ASKED = 40, 56  # last characters of the customer and of the others that may say what a number is


def redact_turn(turn: Turn, contacts: tuple[str, ...] = ()) -> Verdict:
    """The turn with placeholders for every identifier in every text, and the vault that undoes them.

    CHANGE with counts by type when something was hidden in what the customer says now; otherwise ALLOW, with the
    turn as it was scanned. Values that the customer wrote are `given`, and only those are ever put back.
    A conversation that has no secret yet gets one here.
    """
    redactor = _Redactor(turn, Rules(contacts, turn.privacy, turn.locale))
    hidden = redactor.hide(turn.texts)
    changed = replace(turn, texts=hidden, vault=redactor.vault())
    if redactor.counts:
        return Verdict(Outcome.CHANGE, REASON, changed, counts=dict(redactor.counts))
    return Verdict(Outcome.ALLOW, turn=changed)


class _Redactor:
    """Hides what it is shown and remembers it."""

    def __init__(self, turn: Turn, rules: Rules) -> None:
        vault = turn.vault
        self._vault = vault if vault.secret else replace(vault, secret=secrets.token_bytes(32))
        self._values = dict(vault.values)
        self._given = set(vault.given)
        self._rules = rules
        self._remembered = turn.remembered
        self._earlier = () if turn.repeats else vault.earlier
        self.counts: Counter[str] = Counter()

    def vault(self) -> Vault:
        """The vault with everything hidden so far."""
        return replace(self._vault, values=self._values, given=frozenset(self._given))

    def hide(self, texts: Sequence[Text]) -> tuple[Text, ...]:
        """The texts with placeholders, those typed in by others made harmless first.

        What was said just before counts as the words before a text, so that an answer to "what is your tax file
        number?" is known for what it is. A find has used up the words before it. Those that a customer says after it
        are about it too ("... is my phone"); an assistant's are about what it asks for next.
        """
        known = self._vault.values.keys()
        ordinary = [
            replace(t, text=tokens.without_strangers(t.text, known)) for t in (*self._earlier, *texts)
        ]
        items: list[list[Found]] = []
        leads: dict[int, str] = {}
        said = asked = ""
        for place, text in enumerate(ordinary):
            leads[place] = said + asked
            items.append(list(found_in(text.text, before=leads[place])))
            ends = [item.end for item in items[-1]]
            ends += [mark.end for mark in tokens.find_marks(text.text, final=True)]
            if text.role is not Role.CUSTOMER:
                asked = _last_words("" if ends else asked, text.text[max(ends, default=0) :], ASKED)
            elif ends:
                said = asked = ""
            else:
                said = _last_words(said, text.text, SAID)
        parts = joining.parts(ordinary, leads)
        first = len(self._earlier)
        return tuple(
            self._hide(text, items[place], parts.get(place, []))
            for place, text in enumerate(ordinary[first:], start=first)
        )

    def _hide(self, text: Text, items: list[Found], parts: list[Part]) -> Text:
        words, at = [], 0
        for start, end, token in sorted([*self._whole(text, items), *self._parts(text, items, parts)]):
            words += [text.text[at:start], token]
            at = end
        return replace(text, text="".join([*words, text.text[at:]]))

    def _whole(self, text: Text, items: list[Found]) -> list[tuple[int, int, str]]:
        placed = []
        for found in items:
            if self._rules.hide(found):
                value = text.text[found.start : found.end]
                token = self._keep(found.type, found.normal, value, text)
                self._count(found.type, text)
                placed.append((found.start, found.end, token))
        return placed

    def _parts(self, text: Text, items: list[Found], parts: list[Part]) -> list[tuple[int, int, str]]:
        """Pieces of what is split over messages; what was found whole in this one goes first."""
        placed = []
        for part in parts:
            taken = any(part.start < found.end and part.end > found.start for found in items)
            if not taken and self._rules.hide(part.whole):
                kind, normal = part.whole.type, part.whole.normal
                self._keep(kind, normal, part.value, text)
                piece = text.text[part.start : part.end]
                token = self._keep(kind, f"{normal}\0part {part.number}", piece, text)
                self._count(kind, text)
                placed.append((part.start, part.end, token))
        return placed

    def _count(self, type_: str, text: Text) -> None:
        if text.role is Role.CUSTOMER and (text.latest or not self._remembered):
            self.counts[type_] += 1

    def _keep(self, type_: str, normal: str, value: str, text: Text) -> str:
        token = tokens.token_of(type_, normal, self._vault.secret)
        if text.role is Role.CUSTOMER and token not in self._given:
            self._values[token] = value
            self._given.add(token)
        self._values.setdefault(token, value)
        return token


def _last_words(before: str, text: str, most: int) -> str:
    return f"{before}{text[-most:]} "[-most:]
