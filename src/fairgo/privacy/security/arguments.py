"""The arguments of a tool call: JSON text, cleaned inside its strings, so that its structure stays."""

import json
import re
from collections import Counter

from fairgo.core.turns import Vault
from fairgo.privacy.security.catalogue import SHORTEST_NUMBER
from fairgo.privacy.security.replies import Cleaned, clean
from fairgo.privacy.security.rules import PLAIN, Rules

_PIECE = re.compile(r'(?P<string>"(?:[^"\\]|\\.)*+")(?P<colon>\s*:)?|(?P<number>-?\d[\d.eE+-]*)')
_ESCAPED = re.compile(r"\\u(?!d[89a-f])([0-9a-f]{4})", re.IGNORECASE)
_NAME_PARTS = re.compile(r"(?<=[a-z])(?=[A-Z])|[_\W]+")


def restore_arguments(json_text: str, vault: Vault, rules: Rules = PLAIN) -> Cleaned:
    """The arguments with the customer's own values put back and identifiers of others taken out.

    `json_text` is whole: arguments that stream are held to the end of the call. A value's name counts as words before it. A number that is an identifier becomes a string that says so. Text that
    is not JSON is cleaned as plain text.
    """
    try:
        json.loads(json_text)
    except (ValueError, RecursionError):
        return clean(_ESCAPED.sub(lambda sign: chr(int(sign[1], 16)), json_text), vault, rules)
    cleaner = _Cleaner(vault, rules)
    text = _PIECE.sub(cleaner.clean, json_text)
    return Cleaned(text, dict(cleaner.counts), cleaner.restored, cleaner.unknown)


class _Cleaner:
    """Cleans one string or number after another, remembering the last name."""

    def __init__(self, vault: Vault, rules: Rules) -> None:
        self.counts: Counter[str] = Counter()
        self.restored = 0
        self.unknown = 0
        self._vault = vault
        self._rules = rules
        self._name = ""

    def clean(self, piece: re.Match[str]) -> str:
        """A string or number as it may go out, with the colon that makes it a name."""
        written = piece["string"] or piece["number"]
        if piece["number"] and len(written) < SHORTEST_NUMBER:
            return written
        value = json.loads(written) if piece["string"] else written
        said = clean(value, self._vault, self._rules, before="" if piece["colon"] else self._name)
        self.counts.update(said.counts)
        self.restored += said.restored
        self.unknown += said.unknown
        if piece["colon"]:
            self._name = f"{_NAME_PARTS.sub(' ', value)} "
        out = written if said.text == value else json.dumps(said.text, ensure_ascii=False)
        return out + (piece["colon"] or "")
