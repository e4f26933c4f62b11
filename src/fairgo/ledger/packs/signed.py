"""Signed notes of a pack, opened with keys that the auditor trusts or that the pack brings.

Standard library, `cryptography` and this package's note only, so a verifier can stand alone.
"""

from collections.abc import Sequence

from fairgo.ledger.note import BadNote, Checkpoint, Verifier, open_note
from fairgo.ledger.packs.form import KEYS, PackBroken


def keys_in(data: bytes) -> list[Verifier]:
    """The verifier keys in a pack, one on each line. Raises PackBroken."""
    try:
        return [Verifier.parse(line) for line in data.decode().splitlines()]
    except (BadNote, UnicodeError) as wrong:
        raise PackBroken(KEYS, str(wrong)) from None


def open_signed(name: str, data: bytes, keys: Sequence[Verifier]) -> str:
    """The text of a note that one of the keys signed. Raises PackBroken."""
    problem = "no verifier key is known"
    for key in keys:
        try:
            return open_note(data.decode(), key)
        except UnicodeDecodeError:
            problem = "not a signed note"
        except BadNote as wrong:
            problem = str(wrong)
    raise PackBroken(name, f"its signature does not verify: {problem}")


def signed_checkpoint(name: str, data: bytes, keys: Sequence[Verifier]) -> Checkpoint:
    """The checkpoint in a note that the log's own key signed. Raises PackBroken."""
    text = open_signed(name, data, keys)
    try:
        point = Checkpoint.parse(text)
    except BadNote as wrong:
        raise PackBroken(name, str(wrong)) from None
    if point.origin not in {key.name for key in keys}:
        raise PackBroken(name, f"names the log {point.origin}, which none of the keys is of")
    return point
