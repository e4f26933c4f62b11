"""Twelve ways in which an erasure beside an append-only ledger goes wrong elsewhere; each is a test."""

import base64
import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from fairgo.assemble import application
from fairgo.core.errors import Conflict, EvidenceBroken, NotAllowed
from fairgo.ledger import reading
from fairgo.ledger.house import open_house, visiting
from fairgo.ledger.recording import Ledger
from fairgo.privacy.security import certificate, erasure, erasure_list, holds, suppression
from fairgo.store import sealing
from fairgo.store.keys import decrypt
from tests.ledger.ledgers import SIGNER, opened, sign, tamper
from tests.privacy.erasing import (
    ADA,
    BEN,
    MAI,
    NUMBERS,
    SECRET,
    TOM,
    ask,
    ciphertexts,
    close_turn,
    count,
    decide,
    erase,
    facts,
    leaves,
    lives,
    open_turn,
    pseudonym,
    said,
    talk,
    wrapped_key,
)
from tests.privacy.gcm import two_messages
from tests.serving import policy_folder

GUESSES = ("123456782", "123 456 782", "0491570157", "0491 570 157", NUMBERS, SECRET, MAI)


def held(data: Path) -> bytes:
    """Every byte of every file below a folder."""
    return b"".join(path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file())


def everything(ledger: Ledger, data: Path) -> bytes:
    return held(data) + "\n".join(leaves(ledger)).encode()


def data_key(ledger: Ledger, customer: str) -> bytes:
    return ledger.keys.unwrap(pseudonym(ledger, customer), wrapped_key(ledger, customer))


def salts(ledger: Ledger, customer: str) -> list[bytes]:
    """The salts of a customer's commitments, opened with their key."""
    key = data_key(ledger, customer)
    with ledger.store.reading() as connection:
        rows = connection.execute(
            select(sealing.content).where(sealing.content.c.customer == pseudonym(ledger, customer))
        ).all()
    return [
        decrypt(key, row.sealed, f"{row.id}\x00{row.customer}\x00{row.schema}".encode())[:32] for row in rows
    ]


def test_pitfall_1_no_naked_hash_of_what_could_be_guessed(small: Ledger, data: Path):
    lives(small)
    said_salts = salts(small, MAI)
    assert len(said_salts) == 6
    before = everything(small, data)
    for guess in GUESSES:
        for words in (guess, json.dumps({"said": [guess]}, separators=(",", ":"))):
            for kind in ("sha256", "sha1", "md5", "sha512", "blake2b"):
                naked = hashlib.new(kind, words.encode()).digest()
                written = (naked, naked.hex().encode(), base64.b64encode(naked).rstrip(b"="))
                assert not [one for one in written if one in before]
    assert not [salt for salt in said_salts if salt in before]
    erase(small, data)
    assert not [salt for salt in said_salts if salt in everything(small, data)]


def test_pitfall_1_the_same_words_never_have_the_same_commitment(small: Ledger):
    for _ in range(2):
        talk(small, MAI, SECRET)
    commitments = [found for leaf in map(json.loads, leaves(small)) for found in leaf["commitments"].values()]
    assert len(commitments) == len(set(commitments)) == 4


def test_pitfall_2_nothing_in_leaves_ties_a_customers_turns_together(small: Ledger):
    # A value that stands in leaves of two of her turns and in none of his would tie her turns together.
    turns = {name: [talk(small, name, conversation=c) for c in ("one", "two", "one")] for name in (MAI, TOM)}
    seen: dict[str, list[set[str]]] = {MAI: [], TOM: []}
    told = [json.loads(leaf) for leaf in leaves(small)]
    for name, identities in turns.items():
        for identity in identities:
            mine = [leaf for leaf in told if leaf["facts"].get("turn") == identity]
            assert len(mine) == 2
            seen[name].append({json.dumps(value) for leaf in mine for value in leaf["facts"].values()})
    hers, his = seen[MAI], set().union(*seen[TOM])
    assert not ((hers[0] & hers[1]) | (hers[1] & hers[2]) | (hers[0] & hers[2])) - his


def test_pitfall_2_staff_cannot_be_followed_from_matter_to_matter(small: Ledger, data: Path):
    for name in (MAI, TOM):
        talk(small, name)
        erase(small, data, name)
    told = facts(small, "privacy.customer.erased")
    assert len({one[who] for one in told for who in ("requested_by", "approved_by")}) == 4


def test_pitfall_3_lengths_and_times_say_little(small: Ledger, data: Path):
    for reply in ("Yes.", "x" * 250):
        decision = decide(small, MAI, SECRET)
        open_turn(small, decision)
        close_turn(small, decision, reply)
    short, long = facts(small, "gateway.turn.closed")
    assert {**short, "turn": ""} == {**long, "turn": ""}
    assert all(len(json.loads(leaf)["time"]) == len("2026-11-23T10:00Z") for leaf in leaves(small))
    erase(small, data)
    with small.store.reading() as connection:
        from fairgo.ledger.turns import turn_table

        moments = connection.execute(select(turn_table.c.opened_at, turn_table.c.closed_at)).all()
    assert {(moment.second, moment.microsecond) for row in moments for moment in row} == {(0, 0)}


def test_pitfall_4_what_is_sealed_belongs_to_one_customer(small: Ledger, data: Path):
    talk(small, MAI, SECRET, conversation="shared")
    talk(small, TOM, f"{MAI} told me to call", conversation="shared")
    his = pseudonym(small, TOM)
    erased = erase(small, data)
    assert erased.counts["deleted"]["content"] == 3
    assert said(small, TOM, "shared") == [f"{MAI} told me to call"]  # his words, under his key, are his
    talk(small, MAI)
    with small.store.reading() as connection:
        moved = connection.scalar(
            select(sealing.content.c.id).where(sealing.content.c.customer == pseudonym(small, MAI)).limit(1)
        )
    tamper(small.store, "UPDATE content SET customer = :his WHERE id = :moved", his=his, moved=moved)
    with small.store.reading() as connection, pytest.raises(EvidenceBroken, match="moved"):
        sealing.unseal(connection, small.keys, str(moved))


def test_pitfall_5_a_restored_backup_is_erased_before_anybody_is_served(tmp_path: Path):
    policy, data = policy_folder(tmp_path / "policy"), tmp_path / "data"
    with visiting(policy, data) as house:
        lives(house.ledger)
        key = wrapped_key(house.ledger, MAI)
    shutil.copy(data / "fairgo.db", tmp_path / "backup.db")
    with visiting(policy, data) as house:
        assert erase(house.ledger, data).state == "certified"
    assert key not in held(data)
    shutil.copy(tmp_path / "backup.db", data / "fairgo.db")
    assert key in held(data)
    house = open_house(policy, data)
    _start_and_stop(application(house).running)
    with visiting(policy, data) as house:
        assert said(house.ledger, MAI) == []
        assert said(house.ledger, TOM) == [SECRET]
        (request,) = [row.id for row in listed(house.ledger)]
        assert erasure.verify(house.ledger, request, data).state == "certified"
    assert key not in held(data)


def _start_and_stop(running: Callable[[], asynccontextmanager]) -> None:
    import asyncio

    async def live() -> None:
        async with running():
            pass

    asyncio.run(live())


def listed(ledger: Ledger) -> list[erasure.Entry]:
    with ledger.store.reading() as connection:
        return erasure.listed(connection)


def test_pitfall_5_nothing_is_left_in_the_write_ahead_log(small: Ledger, data: Path):
    lives(small)
    key = wrapped_key(small, MAI)
    assert key in (data / "fairgo.db-wal").read_bytes()
    request = ask(small)
    erasure.approve(small, request, by=BEN)
    erasure.carry_out(small, request, data)
    assert key not in held(data)


COPIES: dict[str, Callable[[Path, Ledger], object]] = {
    "an extract": lambda data, ledger: (data / "extract.parquet").write_bytes(ciphertexts(ledger, MAI)[0]),
    "a cache below": lambda data, ledger: (
        _in(data / "cache" / "deep").joinpath("x").write_bytes(b"." * 65_530 + wrapped_key(ledger, MAI))
    ),
    "the key itself": lambda data, ledger: (data / "core").write_bytes(data_key(ledger, MAI)),
    "the key in hex": lambda data, ledger: (data / "trace").write_text(data_key(ledger, MAI).hex()),
    "the key in base64": lambda data, ledger: (data / "env").write_bytes(
        b"KEY=" + base64.b64encode(data_key(ledger, MAI))
    ),
    "a pack": lambda data, ledger: _packed(data / "pack.zip", ciphertexts(ledger, MAI)[-1]),
    "a search index": lambda data, ledger: (data / "index").write_text(f'{{"{pseudonym(ledger, MAI)}": 3}}'),
    "a log with the name": lambda data, _ledger: (data / "app.log").write_text(f"turn of {MAI} took 3 ms"),
    "a log with words": lambda data, _ledger: (data / "words.log").write_text(f"they said: {SECRET}!"),
    "a log with a number": lambda data, _ledger: (data / "numbers.log").write_text("tfn=123 456 782\n"),
}


def _in(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _packed(path: Path, held_: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("contents/0001", b"\0" * 5_000 + held_ + b"\0" * 5_000)


def test_pitfall_6_each_derived_copy_is_found(small: Ledger, data: Path):
    lives(small)
    for copy in COPIES.values():
        copy(data, small)
    (data / "innocent.zip").write_bytes((data / "pack.zip").read_bytes()[:0])
    copied = {path for path in data.rglob("*") if path.is_file() and not path.name.startswith("fairgo.db")}
    failed = erase(small, data)
    found = {place.partition(":")[0] for place in failed.scan["found"]}
    assert failed.state == "failed"
    assert len(found) == len(COPIES)
    assert found == {str(path.relative_to(data)) for path in copied} - {"innocent.zip"}


def test_pitfall_6_what_cannot_be_read_is_not_passed(small: Ledger, data: Path):
    talk(small, MAI)
    _packed(data / "broken.zip", b"nothing of hers")
    whole = (data / "broken.zip").read_bytes()
    (data / "broken.zip").write_bytes(whole[:50] + bytes(8) + whole[58:])
    failed = erase(small, data)
    assert (failed.state, failed.scan["found"], failed.scan["unread"]) == ("failed", [], ["broken.zip"])
    (data / "broken.zip").unlink()
    assert erasure.verify(small, failed.id, data).state == "certified"


def test_pitfall_7_the_past_does_not_come_back_and_the_person_may(small: Ledger, data: Path):
    talk(small, MAI)
    erase(small, data)
    with small.store.reading() as connection, pytest.raises(Conflict, match="may not come back"):
        suppression.refuse_reimport(connection, small.keys, [MAI])
    assert MAI.encode() not in held(data)
    assert hashlib.sha256(MAI.encode()).hexdigest().encode() not in held(data)
    talk(small, MAI, "good morning")
    assert said(small, MAI) == ["good morning"]


def test_pitfall_8_erasure_cannot_be_used_to_destroy_evidence(small: Ledger, data: Path):
    lives(small)
    request = ask(small)
    with pytest.raises(NotAllowed):
        erasure.approve(small, request, by=ADA)
    hold = holds.place(small, MAI, reason="litigation", by=BEN)
    with pytest.raises(Conflict):
        erasure.approve(small, request, by=BEN)
    holds.lift(small, hold, by=BEN)
    erasure.approve(small, request, by=BEN)
    erasure.carry_out(small, request, data)
    assert count(small, "turn") == 6  # a skeleton that names nobody
    assert len(facts(small, "gateway.turn.opened")) == 6
    assert len(facts(small, "privacy.erasure.refused")) == 1
    assert len(facts(small, "privacy.customer.erased")) == 1  # an auditor can count erasures in the leaves


def test_pitfall_9_no_key_of_a_person_lies_anywhere_but_in_the_row_that_goes(small: Ledger, data: Path):
    talk(small, MAI)
    old, name = data_key(small, MAI), pseudonym(small, MAI)
    erase(small, data)
    assert count(small, "customer_key", "customer = :name", name=name) == 0
    with pytest.raises(Conflict, match="erased meanwhile"), small.recorded() as tx:
        sealing.make_key(tx.connection, tx.keys, name)
    # The master key and the name do not lead to it either: another ledger with both has another key.
    with opened(data.parent / "other") as other:
        talk(other, MAI)
        assert pseudonym(other, MAI) == name
        assert data_key(other, MAI) != old


def test_pitfall_10_two_messages_under_one_ciphertext_have_two_commitments():
    first, second = b"a" * 32, b"b" * 32
    sealed = two_messages(first, second, b"id\x00customer\x00schema")
    one = decrypt(first, sealed, b"id\x00customer\x00schema")
    two = decrypt(second, sealed, b"id\x00customer\x00schema")
    assert one != two  # the encryption alone would allow both
    assert sealing.commit(one[:32], one[32:]) != sealing.commit(two[:32], two[32:])


def test_pitfall_11_the_ciphertext_is_gone_too_and_what_may_remain_is_said(small: Ledger, data: Path):
    lives(small)
    sealed = ciphertexts(small, MAI)
    done = erase(small, data)
    left = held(data)
    assert not [piece for piece in sealed if piece[:24] in left or piece[-24:] in left]
    value = certificate.check_certificate(done.certificate, SIGNER.verifier)
    assert {risk.partition(":")[0] for risk in value["risks"]} == {
        "backups",
        "given-away",
        "storage",
        "encoded",
    }


def test_pitfall_12_the_log_itself_is_never_shortened(small: Ledger, data: Path):
    # Whole years of a log may be given up under a written policy (docs/decisions); an erasure takes no leaf.
    lives(small)
    before = leaves(small)
    erase(small, data)
    sign(small)
    after = leaves(small)
    assert after[: len(before)] == before
    with small.store.reading() as connection:
        places = [position for position, _leaf in reading.leaves(connection)]
        assert reading.verify(connection).size == len(after)
    assert places == list(range(len(after)))
    assert (data / erasure_list.FILE).exists()
