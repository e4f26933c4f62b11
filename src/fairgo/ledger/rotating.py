"""Changing the key that signs: the new key is named in a leaf, and old and new sign the checkpoint over it.

Whatever breaks off when, running it again finishes it: the new key lies beside the old until the hand-over is signed.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fairgo.core.errors import Misconfigured
from fairgo.core.policy import Policy
from fairgo.core.settings import read_settings
from fairgo.ledger.cosigning import beside, second_of
from fairgo.ledger.keyring import Joined, line_of, signing_keys, succeed
from fairgo.ledger.note import Signer, Verifier
from fairgo.ledger.recording import Ledger
from fairgo.ledger.sequencer import integrate
from fairgo.store.engine import Store, open_store
from fairgo.store.keys import Keys, make_key_file, read_key_file

NEXT = ".next"


@dataclass(frozen=True, slots=True)
class Rotated:
    """What signs now, what signed before, and where that key's file lies."""

    verifier: Verifier
    before: Verifier
    archive: Path


def rotate(policy_folder: Path, data: Path) -> Rotated:
    """Give the ledger a new key. Servers that run keep recording and sign nothing until they are started anew.

    Raises Misconfigured when keys cannot be read or written, or the key file does not hold the key that signs.
    """
    settings = read_settings(policy_folder)
    policy = Policy.read(policy_folder)
    file, origin = settings.ledger_key_file, policy.organisation.ledger_origin
    draft = file.with_name(file.name + NEXT)
    keys = Keys(read_key_file(settings.master_key_file))
    before = Signer(origin, read_key_file(file))
    second = beside(second_of(settings, origin))
    archive = file.with_name(f"{file.name}.{before.verifier.identity.hex()}")
    store = open_store(data, settings.database)
    try:
        make_key_file(draft)
        after = Signer(origin, read_key_file(draft))
        both = Joined(origin, read_key_file(draft), (line_of(before), *second))
        if _is_followed_by(store, after.verifier):
            ledger = Ledger(store, keys, both, policy=policy.version)
        else:
            ledger = Ledger(store, keys, before, policy=policy.version)
            hand_over(ledger, both)
        ledger.stop()
    finally:
        store.close()
    _put_in_place(file, draft, archive)
    return Rotated(after.verifier, before.verifier, archive)


def hand_over(ledger: Ledger, both: Joined) -> None:
    """Let a ledger that does not run be signed by a new key; `both` signs with that and, beside it, with the old one.

    Raises Misconfigured when the ledger's signer is not the one that signs now.
    """
    integrate(ledger.store, ledger.signer, ledger.clock)
    with ledger.recorded() as tx:
        tx.append(succeed(tx.connection, ledger.signer.verifier, both.verifier, tx.moment))
    ledger.signer = both
    integrate(ledger.store, both, ledger.clock)


def _is_followed_by(store: Store, verifier: Verifier) -> bool:
    with store.reading() as connection:
        known = signing_keys(connection)
    return bool(known) and known[-1].verifier == verifier


def _put_in_place(file: Path, draft: Path, archive: Path) -> None:
    try:
        with suppress(FileExistsError):
            os.link(file, archive)
        draft.replace(file)
        folder = os.open(file.parent, os.O_RDONLY)
        with suppress(OSError):  # not every file system can do it
            os.fsync(folder)
        os.close(folder)
    except OSError as wrong:
        raise Misconfigured(
            f"the new key signs, but {file} cannot be written ({wrong.strerror})",
            hint=f"keep {file.name} under another name, and put {draft} in its place",
        ) from None
