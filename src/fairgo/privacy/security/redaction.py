"""What the assistant does not need to see, hidden: placeholders in every text of a turn.

Basis: APP 6 (disclosure), APP 8 (overseas), APP 11.1 (security); Privacy (Tax File Number) Rule 2015.
"""

import secrets
from collections import Counter
from dataclasses import replace

from fairgo.core.turns import Role, Text, Turn, Vault
from fairgo.core.verdicts import Outcome, Verdict
from fairgo.privacy.security import tokens
from fairgo.privacy.security.contacts import normal_contacts
from fairgo.privacy.security.detection import found_in
from fairgo.privacy.security.reading import BEFORE

REASON = "privacy.redacted"


def redact_turn(turn: Turn, contacts: tuple[str, ...] = ()) -> Verdict:
    """The turn with placeholders for every identifier in every text, and the vault that undoes them.

    CHANGE with counts by type when something was hidden in what the customer says now; otherwise ALLOW, with the
    turn as it was scanned. Values that the customer wrote are `given`, and only those are ever put back.
    A conversation that has no secret yet gets one here.
    """
    redactor = _Redactor(turn, contacts)
    hidden = tuple(replace(text, text=redactor.hide(text)) for text in turn.texts)
    changed = replace(turn, texts=hidden, vault=redactor.vault())
    if redactor.counts:
        return Verdict(Outcome.CHANGE, REASON, changed, counts=dict(redactor.counts))
    return Verdict(Outcome.ALLOW, turn=changed)


class _Redactor:
    """Hides what it is shown and remembers it."""

    def __init__(self, turn: Turn, contacts: tuple[str, ...]) -> None:
        vault = turn.vault
        self._vault = vault if vault.secret else replace(vault, secret=secrets.token_bytes(32))
        self._values = dict(vault.values)
        self._given = set(vault.given)
        self._own = normal_contacts(contacts)
        self._remembered = turn.remembered
        self._asked = ""
        self.counts: Counter[str] = Counter()

    def vault(self) -> Vault:
        """The vault with everything hidden so far."""
        return replace(self._vault, values=self._values, given=frozenset(self._given))

    def hide(self, text: Text) -> str:
        """The text with placeholders, those typed in by others made harmless first.

        The message before counts as the words before, so that an answer to "what is your tax file number?" is known
        for what it is; not when something was found in that message, since its words were about that.
        """
        words = tokens.without_strangers(text.text, self._vault.values.keys())
        parts, at = [], 0
        items = list(found_in(words, before=self._asked))
        self._asked = "" if items else f"{words[-BEFORE:]} "
        for found in items:
            if (found.type, found.normal) in self._own:
                continue
            token = tokens.token_of(found.type, found.normal, self._vault.secret)
            self._keep(token, words[found.start : found.end], text)
            parts += [words[at : found.start], token]
            at = found.end
            if text.role is Role.CUSTOMER and (text.latest or not self._remembered):
                self.counts[found.type] += 1
        return "".join([*parts, words[at:]])

    def _keep(self, token: str, value: str, text: Text) -> None:
        if text.role is Role.CUSTOMER and token not in self._given:
            self._values[token] = value
            self._given.add(token)
        self._values.setdefault(token, value)
