"""Receipts: laid out as specified, checked offline, refused when a byte differs, and a witness against a cut log."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select
from typer.testing import CliRunner

from fairgo.cli.main import app
from fairgo.core.errors import EvidenceBroken, NotFound
from fairgo.ledger import records, witnesses
from fairgo.ledger.cosignatures import Cosigner, cosigned
from fairgo.ledger.note import Checkpoint, Signer
from fairgo.ledger.receipts import (
    NOT_YET,
    BadReceipt,
    Receipt,
    Shown,
    check_receipt,
    newest_signed,
    read_receipt,
    receipt,
    still_holds,
)
from fairgo.ledger.recording import Ledger
from fairgo.ledger.trust import Trust, Witness, read_trust
from tests.ledger.ledgers import HAPPENED, SIGNER, happen, opened, sign, tamper

KEY = SIGNER.verifier
MANY = 700  # more than two tiles of leaves
COSIGNERS = [Cosigner(f"witness{n}.example", bytes([n]) * 32) for n in (1, 2, 3)]
POLICY = "\n".join(
    [
        f"log {KEY}",
        *(f"witness w{n} {cosigner.key}" for n, cosigner in enumerate(COSIGNERS)),
        "group two 2 w0 w1 w2",
        "quorum two\n",
    ]
)
TRUST = read_trust(POLICY.encode())


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger of several checkpoints; the newest covers every leaf."""
    with opened(tmp_path_factory.mktemp("receipts")) as made:
        for some in (1, 2, 300, MANY - 303):
            with made.recorded() as tx:
                for _ in range(some):
                    tx.append(HAPPENED)
            sign(made)
        yield made


def names(ledger: Ledger) -> list[str]:
    with ledger.store.reading() as connection:
        return list(connection.scalars(select(records.leaf.c.name).order_by(records.leaf.c.seq)))


def receipt_of(ledger: Ledger, at: int) -> str:
    with ledger.store.reading() as connection:
        return receipt(connection, names(ledger)[at])


def independently(text: str, leaf: bytes, name: str, public: bytes) -> int:
    """A verifier from the text of the specifications alone: nothing of ours. Gives the index, or fails an assertion."""
    lines = text.split("\n")
    assert lines.pop(0) == "c2sp.org/tlog-proof@v1"
    if lines[0].startswith("extra "):
        lines.pop(0)
    word, index = lines.pop(0).split(" ")
    assert word == "index"
    at = position = int(index)
    blank = lines.index("")
    path, note = [base64.b64decode(line) for line in lines[:blank]], "\n".join(lines[blank + 1 :])
    body, signatures = note.split("\n\n")
    origin, size, root = body.split("\n")
    assert origin == name
    signed = [line for line in signatures.split("\n") if line.startswith(f"\u2014 {name} ")]
    Ed25519PublicKey.from_public_bytes(public).verify(
        base64.b64decode(signed[0].split(" ")[2])[4:], f"{body}\n".encode()
    )
    # RFC 6962 from above: the height of each subtree says on which side the sibling lies.
    computed = hashlib.sha256(b"\0" + leaf).digest()
    last = int(size) - 1
    for sibling in path:
        while at == last and at % 2 == 0 and last:
            at //= 2
            last //= 2
        pair = sibling + computed if at % 2 else computed + sibling
        computed = hashlib.sha256(b"\1" + pair).digest()
        at //= 2
        last //= 2
    assert computed == base64.b64decode(root)
    return position


@pytest.mark.parametrize("at", [0, 1, 2, 255, 256, 302, 303, 512, MANY - 2, MANY - 1])
def test_a_receipt_is_laid_out_as_specified_and_verifies_with_a_strangers_code(ledger: Ledger, at: int):
    text = receipt_of(ledger, at)
    hashed = "[A-Za-z0-9+/]{43}=\n"
    assert re.fullmatch(
        r"c2sp\.org/tlog-proof@v1\nextra [A-Za-z0-9+/]+=*\nindex (0|[1-9]\d*)\n"
        rf"({hashed})*\nbanksia\.example/test-ledger\n{MANY}\n{hashed}\n\u2014 banksia\.example/test-ledger \S+\n",
        text,
    )
    shown = check_receipt(text, None, KEY)
    assert (shown.position, shown.checkpoint.size, shown.cosigned) == (at, MANY, ())
    assert json.loads(shown.leaf)["id"] == names(ledger)[at]
    assert independently(text, shown.leaf, KEY.name, KEY.public) == at
    assert check_receipt(text, shown.leaf, KEY) == shown
    assert read_receipt(text).text() == text
    with pytest.raises((AssertionError, InvalidSignature)):
        independently(text, shown.leaf + b" ", KEY.name, KEY.public)


def test_a_receipt_of_a_log_of_one_leaf_has_no_path(tmp_path: Path):
    with opened(tmp_path) as one:
        happen(one)
        sign(one)
        text = receipt_of(one, 0)
        assert read_receipt(text).path == ()
        assert check_receipt(text, None, KEY).position == 0
        assert independently(text, check_receipt(text, None, KEY).leaf, KEY.name, KEY.public) == 0


def test_making_one_reads_a_few_tiles_whatever_the_size(ledger: Ledger):
    asked: list[str] = []
    with ledger.store.reading() as connection:
        event.listen(connection, "before_cursor_execute", lambda *args: asked.append(args[2]))
        receipt(connection, names(ledger)[3])
    reads = [one for one in asked if "ledger_leaf" in one and "hash" in one]
    assert len(asked) <= 12
    assert not reads


@pytest.mark.parametrize(
    "name", ["", "x", "0" * 16, f"{'0' * 16}.1", f"{'0' * 16}.0", "../../etc/passwd", "1'--"]
)
def test_an_unknown_or_malformed_name_is_not_found(ledger: Ledger, name: str):
    with ledger.store.reading() as connection, pytest.raises(NotFound, match="no leaf of that name"):
        receipt(connection, name)


def test_a_leaf_that_has_no_place_yet_is_said_to_be_on_its_way(tmp_path: Path):
    with opened(tmp_path) as early:
        happen(early)
        with early.store.reading() as connection, pytest.raises(NotFound) as missing:
            receipt(connection, names(early)[0])
        assert missing.value.detail == NOT_YET
        sign(early)
        assert check_receipt(receipt_of(early, 0), None, KEY).position == 0


def test_a_ledger_that_does_not_verify_gives_no_receipt(tmp_path: Path):
    with opened(tmp_path) as broken:
        happen(broken, 3)
        sign(broken)
        tamper(broken.store, "UPDATE ledger_tile SET hashes = zeroblob(96)")
        with pytest.raises(EvidenceBroken):
            receipt_of(broken, 1)


def cosigned_by(some: list[Cosigner], text: str, moment: int = 1_800_000_000) -> str:
    body = read_receipt(text).note.rpartition("\n\n")[0] + "\n"
    return text + "".join(cosigner.cosign(body, moment) for cosigner in some)


@pytest.fixture(scope="module")
def plain(ledger: Ledger) -> bytes:
    return receipt_of(ledger, 300).encode()


@pytest.fixture(scope="module")
def with_two(ledger: Ledger) -> bytes:
    """A receipt with exactly as many cosignatures as the quorum asks for, between lines of strangers."""
    text = cosigned_by([Cosigner("stranger.example", b"s" * 32)], receipt_of(ledger, 300))
    return cosigned_by([Cosigner("late.example", b"t" * 32)], cosigned_by(COSIGNERS[:2], text)).encode()


@pytest.mark.parametrize("count", range(4))
def test_the_quorum_decides(ledger: Ledger, count: int):
    text = cosigned_by(COSIGNERS[:count], receipt_of(ledger, 5))
    if count >= 2:
        assert len(check_receipt(text, None, trust=TRUST).cosigned) == count
    else:
        with pytest.raises(BadReceipt, match=f"too few witnesses have cosigned: {count} did"):
            check_receipt(text, None, trust=TRUST)


def changed(data: bytes, at: int, how: int, *, insert: bool, delete: bool) -> bytes:
    at %= len(data)
    if delete:
        return data[:at] + data[at + 1 :]
    if insert:
        return data[:at] + bytes([how]) + data[at:]
    return data[:at] + bytes([data[at] ^ (how or 1)]) + data[at + 1 :]


def shown_or_none(data: bytes, **how) -> Shown | None:
    try:
        return check_receipt(data.decode(), None, **how)
    except (BadReceipt, UnicodeDecodeError):
        return None


ANY_CHANGE = {
    "at": st.integers(0, 10_000),
    "how": st.integers(0, 255),
    "insert": st.booleans(),
    "delete": st.booleans(),
}


@given(**ANY_CHANGE)
def test_any_changed_byte_of_a_receipt_is_refused(
    plain: bytes, at: int, how: int, insert: bool, delete: bool
):
    trust = Trust(logs=(KEY,))
    wrong = changed(plain, at, how, insert=insert, delete=delete)
    assert shown_or_none(wrong, trust=trust) is None
    assert shown_or_none(plain, trust=trust) is not None


@given(**ANY_CHANGE)
def test_any_changed_byte_of_a_cosigned_receipt_is_refused_but_in_strangers_lines(
    with_two: bytes, at: int, how: int, insert: bool, delete: bool
):
    whole = shown_or_none(with_two, trust=TRUST)
    wrong = changed(with_two, at, how, insert=insert, delete=delete)
    shown = shown_or_none(wrong, trust=TRUST)
    if shown is not None:
        # Irrelevant bytes are those of signature lines by keys that nobody asked about; nothing shown depends on them.
        assert shown == whole
        kept = set(wrong.split(b"\n"))
        for line in with_two.split(b"\n"):
            assert line in kept or b"stranger.example" in line or b"late.example" in line


GOOD = Receipt(5, (b"h" * 32,), "note\n", b"leaf").text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a receipt"),
        ("c2sp.org/tlog-proof@v1", "not a receipt"),
        (GOOD.replace("@v1", "@v2"), "not a receipt"),
        (GOOD.replace("\n", "\r\n"), "not a receipt"),
        (GOOD.replace("extra bGVhZg==\n", "extra \n"), "`extra` is malformed"),
        (GOOD.replace("extra bGVhZg==", "extra bGVhZh=="), "`extra` is malformed"),
        (GOOD.replace("extra bGVhZg==\n", "extra bGVhZg==\nextra bGVhZg==\n"), "`index` is missing"),
        (GOOD.replace("index 5\n", ""), "`index` is missing"),
        (GOOD.replace("index 5", "index 05"), "`index` is missing or malformed"),
        (GOOD.replace("index 5", "index -5"), "`index` is missing or malformed"),
        (GOOD.replace("index 5", "index \u0665"), "`index` is missing or malformed"),
        (GOOD.replace("aGho", "aGh", 1), "the path is malformed"),
        (GOOD.replace("\n\n", "\naGho\n\n"), "the path is malformed"),
        (Receipt(5, (b"h" * 32,) * 64, "note\n").text(), "the path is malformed"),
    ],
)
def test_what_is_no_receipt_is_refused_with_the_reason(text: str, said: str):
    with pytest.raises(BadReceipt, match=said):
        read_receipt(text)


def test_what_does_not_fit_is_named(ledger: Ledger):
    text, other = receipt_of(ledger, 5), Signer(KEY.name, b"o" * 32)
    parts = read_receipt(text)
    bare = Receipt(parts.position, parts.path, parts.note).text()
    foreign = Signer("other.example", b"l" * 32)
    named = Receipt(5, parts.path, foreign.sign(Checkpoint(KEY.name, MANY, b"r" * 32).text()), b"x").text()
    for wrong, leaf, keys, said in [
        (text, b"another leaf", [KEY], "carries another leaf"),
        (bare, None, [KEY], "carries no leaf"),
        (bare, b"another leaf", [KEY], "do not lead to the signed root"),
        (text, None, [], "no key of the log is given"),
        (text, None, [other.verifier], "does not verify: not signed by"),
        (named, None, [foreign.verifier], "names the log"),
        (text.replace("index 5", "index 900"), None, [KEY], "outside the tree"),
    ]:
        with pytest.raises(BadReceipt, match=said):
            check_receipt(wrong, leaf, *keys)
    assert check_receipt(text, None, other.verifier, KEY).position == 5  # a key that was changed meanwhile


def test_the_receipt_is_under_the_checkpoint_that_most_witnesses_cosigned(tmp_path: Path):
    asked = [Witness(f"w{n}", cosigner.key, "http://x") for n, cosigner in enumerate(COSIGNERS)]
    with opened(tmp_path) as ledger:
        for some, by in ((4, 3), (3, 1), (2, 0)):
            happen(ledger, some)
            sign(ledger)
            with ledger.store.writing() as connection:
                note = newest_signed(connection)
                point, now = Checkpoint.within(note), ledger.clock()
                for witness, cosigner in list(zip(asked, COSIGNERS, strict=True))[:by]:
                    witnesses.claim(connection, witness, witnesses.known(connection, witness), now)
                    line = cosigner.cosign(point.text(), 5)
                    for _again in range(2):
                        witnesses.keep(connection, witness, witnesses.Answer(point.size, line), now)
        sizes = [
            check_receipt(receipt_of(ledger, at), None, KEY).checkpoint.size for at in (0, 3, 4, 6, 7, 8)
        ]
        assert sizes == [4, 4, 7, 7, 9, 9]
        found = cosigned(read_receipt(receipt_of(ledger, 0)).note, [cosigner.key for cosigner in COSIGNERS])
        assert {one.key.name for one in found} == {one.name for one in COSIGNERS}
        assert len(found) == 3
        with ledger.store.reading() as connection:
            shown = witnesses.standing(connection)
        assert [(one.name, one.size, one.problem) for one in shown] == [
            ("witness1.example", 7, ""), ("witness2.example", 4, ""), ("witness3.example", 4, "")
        ]  # fmt: skip


def test_cut_off_leaves_show_against_an_earlier_receipt(tmp_path: Path):
    with opened(tmp_path / "whole") as whole:
        happen(whole, 9)
        sign(whole)
        early = check_receipt(receipt_of(whole, 3), None, KEY)
        happen(whole, 400)
        sign(whole)
        late = check_receipt(receipt_of(whole, 3), None, KEY)
        with whole.store.reading() as connection:
            still_holds(connection, early)
            still_holds(connection, late)
    with opened(tmp_path / "other") as other:
        with (
            other.store.reading() as connection,
            pytest.raises(EvidenceBroken, match=r"cut off.* seen 9, and 0"),
        ):
            still_holds(connection, early)
        happen(other, 20)
        sign(other)
        with other.store.reading() as connection:
            with pytest.raises(EvidenceBroken, match="another history: its first 9 leaves"):
                still_holds(connection, early)
            with pytest.raises(EvidenceBroken, match="the receipt has seen 409, and 20 are signed here"):
                still_holds(connection, late)
            foreign = Shown(Checkpoint("other.example", 2, b"r" * 32), 0, b"", ())
            with pytest.raises(EvidenceBroken, match=r"from the log other\.example"):
                still_holds(connection, foreign)


def run(*words: str, code: int = 0) -> dict:
    done = CliRunner().invoke(app, ["ledger", *words, "--json"])
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def test_the_commands_give_and_check_a_receipt(tmp_path: Path):
    data, file, trust = tmp_path / "data", tmp_path / "one.tlog-proof", tmp_path / "trust"
    trust.write_text(POLICY)
    with opened(data) as ledger:
        happen(ledger, 5)
        sign(ledger)
        name = names(ledger)[2]
    text = run("receipt", name, "--data", str(data))["receipt"]
    assert run("receipt", name, "--data", str(data), "--out", str(file))["file"] == str(file)
    assert file.read_text() == text
    said = run("check-receipt", str(file), "--key", str(KEY), "--data", str(data))
    assert (said["verified"], said["index"], said["size"], said["cosigned"]) == (True, 2, 5, {})
    assert "too few witnesses" in run("check-receipt", str(file), "--trust", str(trust), code=1)["fault"]
    file.write_text(cosigned_by(COSIGNERS, text))
    assert run("check-receipt", str(file), "--trust", str(trust))["cosigned"] == {
        f"witness{n}.example": "2027-01-15T08:00:00Z" for n in (1, 2, 3)
    }
    file.write_bytes(text.encode().replace(b"index 2", b"index 3"))
    assert run("check-receipt", str(file), "--key", str(KEY), code=1)["verified"] is False
    file.write_bytes(b"\xff\xfe")
    assert "it is no text" in run("check-receipt", str(file), "--key", str(KEY), code=1)["fault"]
