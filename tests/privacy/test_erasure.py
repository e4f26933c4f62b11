"""Erasure: what goes, what stays, who must agree, and that every other proof is as good as before."""

from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from fairgo.core.errors import Conflict, Misconfigured, NotAllowed, NotFound
from fairgo.core.verdicts import State as Standing
from fairgo.ledger import reading, receipts, turns
from fairgo.ledger.reconciling import reconcile
from fairgo.ledger.recording import Ledger
from fairgo.privacy.security import certificate, erasure, erasure_list, replaying, suppression
from fairgo.privacy.security.standing import standing
from fairgo.transparency import disclosure
from tests.ledger.ledgers import SIGNER, sign, tamper
from tests.privacy.erasing import (
    ADA,
    BEN,
    MAI,
    SECRET,
    TOM,
    ask,
    choose,
    close_turn,
    count,
    decide,
    entry,
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


def names_of(ledger: Ledger, customer: str) -> set[str]:
    """Every pseudonym that leads to a customer or one of their conversations."""
    who = pseudonym(ledger, customer)
    talks = {
        ledger.keys.pseudonym("conversation", "assistant", who, name) for name in ("one", "two", "three")
    }
    return {who} | talks


def mentions(ledger: Ledger, names: set[str]) -> set[str]:
    """The tables in which one of these stands in any column."""
    found = set()
    with ledger.store.reading() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):  # noqa: S608 - the database's own names
                if names & {str(value) for value in row}:
                    found.add(table)
    return found


def test_one_is_erased_and_the_other_is_not(ledger: Ledger, data: Path):
    lives(ledger)
    gone, stays = names_of(ledger, MAI), names_of(ledger, TOM)
    assert (
        mentions(ledger, gone)
        == mentions(ledger, stays)
        >= {"turn", "content", "token", "choice", "handover"}
    )
    done = erase(ledger, data)
    assert done.state == "certified", done.scan
    assert mentions(ledger, gone) == set()
    assert {"turn", "content", "token", "choice"} <= mentions(ledger, stays)
    assert said(ledger, MAI) == []
    assert said(ledger, TOM) == [SECRET]
    assert done.counts["deleted"] == {"content": 7, "token": 2, "content_reading": 0, "customer_key": 1}
    assert done.counts["kept"] == {"turn": 3, "disclosure": 2, "handover": 1, "choice": 1}


def test_measures_stay_right_and_nothing_links(small: Ledger, data: Path):
    lives(small)
    with small.store.reading() as connection:
        before = turns.counts(connection), disclosure.measure(connection)
    erase(small, data)
    with small.store.reading() as connection:
        assert (turns.counts(connection), disclosure.measure(connection)) == before
        assert reconcile(connection).mismatches == ()
        told = connection.execute(select(turns.turn_table)).all()
    assert len({row.conversation for row in told}) == 6
    assert len({row.customer for row in told}) == 4  # each conversation of hers is somebody else's now
    assert (
        sum(str(row.opened_at).partition(":")[2][3:].strip("0:.+ ") == "" for row in told) == 3
    )  # whole minutes


def test_every_other_proof_stays_valid(ledger: Ledger, data: Path):
    lives(ledger)
    sign(ledger)
    with ledger.store.reading() as connection:
        before = reading.verify(connection)
        names = [leaf["id"] for leaf in reading.contents(connection)]
        old = {name: receipts.receipt(connection, name) for name in names}
    assert erase(ledger, data).state == "certified"
    sign(ledger)
    with ledger.store.reading() as connection:
        after = reading.verify(connection, str(SIGNER.verifier))
        assert after.size > before.size
        for name, text_ in old.items():
            receipts.still_holds(connection, receipts.check_receipt(text_, None, SIGNER.verifier))
            receipts.check_receipt(receipts.receipt(connection, name), None, SIGNER.verifier)


def test_each_step_leaves_a_leaf_and_none_names_anybody(small: Ledger, data: Path):
    lives(small)
    names = names_of(small, MAI)
    request = erase(small, data).id
    steps = ("erasure.requested", "erasure.approved", "erasure.key_destroyed", "customer.erased")
    for kind in (*steps, "erasure.scanned", "erasure.certified"):
        assert [told["request"] for told in facts(small, f"privacy.{kind}")] == [request]
    (erased,) = facts(small, "privacy.customer.erased")
    assert erased["basis"] == "app-11.2"
    assert erased["deleted"]["content"] == 7
    everything = "\n".join(leaves(small))
    for word in (*names, MAI, ADA, BEN, "Lovelace", "no longer needed"):
        assert word not in everything


def test_a_second_person_must_approve(small: Ledger, data: Path):
    talk(small, MAI)
    request = ask(small)
    with pytest.raises(NotAllowed, match="not approved yet"):
        erasure.carry_out(small, request, data)
    for same in (ADA, "ada lovelace", "  ADA   Lovelace ", "Ａda Lovelace"):
        with pytest.raises(NotAllowed) as refused:
            erasure.approve(small, request, by=same)
        assert "second person" in refused.value.hint
    assert said(small, MAI) == [SECRET]


def test_somebody_unknown_is_said_to_be_unknown(small: Ledger, data: Path):
    talk(small, MAI)
    with pytest.raises(NotFound, match="nothing is kept under that name") as never:
        ask(small, "somebody-else")
    erase(small, data)
    with pytest.raises(NotFound) as erased:
        ask(small)
    assert str(never.value) == str(erased.value)  # that somebody was erased is not told


def test_one_request_at_a_time(small: Ledger):
    talk(small, MAI)
    ask(small)
    with pytest.raises(Conflict, match="open already"):
        ask(small)


def test_an_erasure_is_no_ban_and_leads_nowhere(small: Ledger, data: Path):
    talk(small, MAI)
    old, old_key = pseudonym(small, MAI), wrapped_key(small, MAI)
    erase(small, data)
    talk(small, MAI, "hello again")
    assert pseudonym(small, MAI) != old
    assert said(small, MAI) == ["hello again"]
    fresh = small.keys.unwrap(pseudonym(small, MAI), wrapped_key(small, MAI))
    assert fresh != small.keys.unwrap(old, old_key)
    assert count(small, "turn", "customer = :old", old=old) == 0
    again = erase(small, data)
    assert again.state == "certified"
    assert again.generation == 2
    assert len({old, pseudonym(small, MAI)}) == 2


def test_a_turn_under_way_goes_to_a_person_and_keeps_nothing(ledger: Ledger, data: Path):
    talk(ledger, MAI)
    unopened, unclosed = decide(ledger, MAI, "first words"), decide(ledger, MAI, "second words")
    open_turn(ledger, unclosed)
    assert erase(ledger, data).state == "certified"
    with pytest.raises(Conflict, match="erased meanwhile"):
        open_turn(ledger, unopened)
    with pytest.raises(Conflict, match="erased meanwhile"):
        close_turn(ledger, unclosed)
    assert count(ledger, "content", "customer = :who", who=unopened.turn.customer) == 0
    assert count(ledger, "turn", "outcome IS NULL") == 1  # it never closed, and that is evidence


def test_the_certificate_can_be_checked_and_shows_any_change(small: Ledger, data: Path):
    lives(small)
    done = erase(small, data)
    value = certificate.check_certificate(done.certificate, SIGNER.verifier)
    assert value["destroyed"]["content"] == 7
    assert value["basis"] == "app-11.2"
    assert value["searched"]["files"] > 0
    assert value["searched"]["bytes"] > 10_000
    assert value["approved"]["by"] != value["requested"]["by"]
    assert any(risk.startswith("backups") for risk in value["risks"])
    for at in range(0, len(done.certificate) - 1, 97):
        changed = done.certificate[:at] + chr(ord(done.certificate[at]) ^ 1) + done.certificate[at + 1 :]
        with pytest.raises(certificate.BadCertificate):
            certificate.check_certificate(changed, SIGNER.verifier)


def test_a_certificate_is_not_about_another_leaf(small: Ledger, data: Path):
    lives(small)
    first, second = erase(small, data), erase(small, data, TOM)
    mixed = first.certificate.partition("\n")[2].partition("\n")[0].replace(first.id, second.id)
    forged = SIGNER.sign(f"{certificate.FORMAT}\n{mixed}\n")
    with pytest.raises(certificate.BadCertificate, match="something else"):
        certificate.check_certificate(forged, SIGNER.verifier)


def test_what_is_found_makes_it_fail_until_it_is_gone(ledger: Ledger, data: Path):
    lives(ledger)
    (data / "old.bak").write_bytes(b"x" * 70_000 + wrapped_key(ledger, MAI) + b"y" * 10)
    failed = erase(ledger, data)
    assert failed.state == "failed"
    assert failed.scan["found"] == ["old.bak"]
    assert failed.certificate is None
    (told,) = facts(ledger, "privacy.erasure.failed")
    assert told["places"] == 1
    with ledger.store.reading() as connection:
        assert standing(connection).state is Standing.ATTENTION
    assert erasure.verify(ledger, failed.id, data).state == "failed"
    (data / "old.bak").unlink()
    assert erasure.verify(ledger, failed.id, data).state == "certified"


def test_a_later_search_finds_what_came_back(small: Ledger, data: Path):
    talk(small, MAI)
    held = wrapped_key(small, MAI)
    done = erase(small, data)
    assert erasure.verify(small, done.id, data).state == "certified"
    (data / "from-tape").write_bytes(held)
    assert erasure.verify(small, done.id, data).state == "failed"


def test_the_name_can_be_searched_for_once_more(small: Ledger, data: Path):
    talk(small, MAI)
    done = erase(small, data)
    (data / "notes.txt").write_text(f"called {MAI} back", encoding="utf-8")
    assert erasure.verify(small, done.id, data).state == "certified"  # names are not kept to be searched for
    assert erasure.verify(small, done.id, data, customer=MAI).scan["found"] == ["notes.txt"]
    with pytest.raises(NotFound, match="somebody else"):
        erasure.verify(small, done.id, data, customer=TOM)


def test_a_table_nobody_thought_of_stops_every_erasure(small: Ledger, data: Path):
    talk(small, MAI)
    tamper(small.store, "CREATE TABLE fan_club (id INTEGER PRIMARY KEY, customer VARCHAR(64))")
    with pytest.raises(Misconfigured, match="fan_club"):
        ask(small)


def test_somebody_who_only_chose_can_be_erased(small: Ledger, data: Path):
    choose(small, MAI, gives=False)
    old = pseudonym(small, MAI)
    assert erase(small, data).counts["kept"]["choice"] == 1
    assert count(small, "choice", "customer = :old", old=old) == 0
    assert count(small, "choice", "state = 'withdrawn'") == 1


def test_a_restored_backup_is_erased_again(ledger: Ledger, data: Path, database: str):
    lives(ledger)
    backup = {
        table: rows_of(ledger, table) for table in ("customer_key", "content", "token", "turn", "choice")
    }
    names = names_of(ledger, MAI)
    done = erase(ledger, data)
    listed = erasure_list.write_list(ledger)
    restore(ledger, backup)
    assert mentions(ledger, names) == {"customer_key", "content", "token", "turn", "choice"}
    assert said_under(ledger, names) == [SECRET]
    (again,) = replaying.replay(ledger, listed, data)
    assert again.id == done.id
    assert again.state == "certified", again.scan
    assert mentions(ledger, names) == set()
    assert said(ledger, TOM) == [SECRET]
    assert replaying.replay(ledger, listed, data) == []
    assert [told["request"] for told in facts(ledger, "privacy.erasure.replayed")] == [done.id]
    with ledger.store.reading() as connection:
        assert suppression.suppressed(connection, ledger.keys, MAI)


def rows_of(ledger: Ledger, table: str) -> list[dict[str, object]]:
    with ledger.store.reading() as connection:
        return [dict(row) for row in connection.execute(text(f"SELECT * FROM {table}")).mappings()]  # noqa: S608 - a test's own words


def restore(ledger: Ledger, backup: dict[str, list[dict[str, object]]]) -> None:
    """The rows as they were, and nothing known of any erasure: what a backup brings."""
    with ledger.store.writing() as connection:
        for table in (*backup, "erasure", "suppression", "destroyed_key"):
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - a test's own words
        for table, rows in backup.items():
            for row in rows:
                columns, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
                connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({marks})"), row)  # noqa: S608 - a test's own words


def said_under(ledger: Ledger, names: set[str]) -> list[str]:
    with ledger.store.reading() as connection:
        kept = [one for name in sorted(names) for one in turns.conversation(connection, ledger.keys, name)]
    return [words for one in kept for words in one.said if words == SECRET]


@pytest.mark.parametrize(
    "change", [lambda text_: text_.replace("app-11.2", "other"), lambda text_: text_[:-40]]
)
def test_a_list_that_was_changed_is_refused(small: Ledger, data: Path, change):
    talk(small, MAI)
    erase(small, data)
    with pytest.raises(Misconfigured, match="no list of erasures"):
        replaying.replay(small, change(erasure_list.write_list(small)), data)


def test_the_list_beside_the_data_is_kept_by_itself(small: Ledger, data: Path):
    talk(small, MAI)
    erase(small, data)
    kept = data / erasure_list.FILE
    assert kept.read_text(encoding="utf-8") == erasure_list.write_list(small)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert replaying.replay_kept(small, data) == []


def test_records_of_the_past_may_not_come_back(small: Ledger, data: Path):
    talk(small, MAI)
    talk(small, TOM)
    erase(small, data)
    talk(small, MAI, "hello again")
    with small.store.reading() as connection:
        suppression.refuse_reimport(connection, small.keys, [TOM, "somebody new"])
        with pytest.raises(Conflict, match="1 of these 3 customers"):
            suppression.refuse_reimport(connection, small.keys, [TOM, MAI, "somebody new"])
        assert suppression.suppressed(connection, small.keys, MAI)
        assert not suppression.suppressed(connection, small.keys, TOM)


def test_a_reader_of_an_old_moment_is_reported_and_the_rest_is_done_later(
    small: Ledger, data: Path, monkeypatch
):
    talk(small, MAI)
    request = ask(small)
    erasure.approve(small, request, by=BEN)
    monkeypatch.setattr("fairgo.store.engine.PURGE_SECONDS", 0.1)
    with small.store.reading() as old:
        old.execute(text("SELECT count(*) FROM content")).all()
        with pytest.raises(Conflict, match="a reader keeps"):
            erasure.carry_out(small, request, data)
    assert entry(small, request).state == "rows-deleted"
    assert erasure.verify(small, request, data).state == "certified"
