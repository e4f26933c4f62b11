"""The parts of reconciling: numbers, balances, the provider's files, the command, and a gateway that is killed."""

import json
import random
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from fairgo.cli.evidence import reconcile as command_module
from fairgo.cli.main import app
from fairgo.core.errors import BadRequest
from fairgo.ledger.balancing import LISTED, Balance, Mismatches, Numbers
from fairgo.ledger.counters import Usage, hash_of, usage_of
from fairgo.ledger.provider import read_records
from fairgo.ledger.reconciling import reconcile
from fairgo.store.engine import open_store
from tests.ledger.ledgers import opened
from tests.ledger.talks import refuse, talk, turn_name
from tests.scripted import Assistant, scripted
from tests.serving import fairgo

numbers = st.sets(st.integers(1, 60))


@given(numbers, st.randoms(use_true_random=False))
def test_what_is_missing_is_what_was_not_seen(seen: set[int], shuffler: random.Random):
    kept, order = Numbers(), sorted(seen)
    shuffler.shuffle(order)
    for number in order:
        kept.add(number)
    missing = [n for first, last in kept.missing(1, 60) for n in range(first, last + 1)]
    assert missing == sorted(set(range(1, 61)) - seen)
    assert kept.highest == max(seen, default=0)


@given(
    st.lists(st.tuples(st.text(max_size=4), st.text(max_size=2)), max_size=20), st.text(max_size=4), st.text()
)
def test_a_balance_is_even_exactly_when_both_sides_hold_the_same(
    pairs: list[tuple[str, str]], key: str, value: str
):
    balance = Balance()
    for pair in pairs:
        balance.left(*pair)
    for pair in reversed(pairs):
        balance.right(*pair)
    assert balance.even
    balance.left(key, value)
    assert not balance.even
    assert balance.differs_at(key)
    balance.right(key, value + "!")
    assert balance.differs_at(key)


def test_every_mismatch_counts_and_the_first_are_listed():
    found = Mismatches()
    for number in range(LISTED + 50):
        found.add("turns", str(number), "x")
    found.add("leaves", "all", "x", count=1000)
    assert (len(found.listed), found.counts) == (LISTED + 1, {"turns": LISTED + 50, "leaves": 1000})


@pytest.mark.parametrize(
    ("identity", "said", "usage"),
    [
        ("c1", {"prompt_tokens": 3, "completion_tokens": 5}, Usage(hash_of("c1"), 3, 5)),
        ("c1", None, Usage(hash_of("c1"))),
        (None, {"prompt_tokens": 3}, Usage(None, 3)),
        ("", "many", Usage()),
        (7, {"prompt_tokens": -1, "completion_tokens": 2**60}, Usage()),
        ("\ud800", {"prompt_tokens": True, "completion_tokens": 1.5}, Usage(hash_of("\ud800"))),
    ],
)
def test_what_an_assistant_says_of_usage_is_taken_as_far_as_it_makes_sense(identity, said, usage):
    assert usage_of(identity, said) == usage


FILES = {
    "a.csv": "id,model,prompt_tokens,completion_tokens\nc1,m,3,5\nc2,m,,\n",
    "a.jsonl": '{"id": "c1", "usage": {"input_tokens": 3, "output_tokens": 5}}\n\n{"id": "c2"}\n',
}


@pytest.mark.parametrize("name", FILES)
def test_the_providers_records_are_read(tmp_path: Path, name: str):
    path = tmp_path / name
    path.write_text(FILES[name], encoding="utf-8-sig")
    found = list(read_records(path))
    assert [one.usage for one in found] == [Usage(hash_of("c1"), 3, 5), Usage(hash_of("c2"))]
    assert found[1].line == 3


@pytest.mark.parametrize(
    ("name", "words", "problem"),
    [
        ("a.csv", b"reply,tokens\nc1,3\n", "no column `id`"),
        ("a.csv", b"id,prompt_tokens\nc1,many\n", "line 2 .* not a whole number"),
        ("a.csv", b"id,prompt_tokens\n,3\n", "line 2 .* has no id"),
        ("a.jsonl", b'{"id": "c1"}\nnothing\n', "line 2 .* not a JSON object"),
        ("a.jsonl", b"[1]\n", "line 1 .* not a JSON object"),
        ("a.jsonl", b'{"id": {}}\n', "line 1 .* has no id"),
        ("a.csv", b"\xff\xfe\x00", "cannot be read: it is not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_line(
    tmp_path: Path, name: str, words: bytes, problem: str
):
    path = tmp_path / name
    path.write_bytes(words)
    with pytest.raises(BadRequest, match=problem):
        list(read_records(path))
    with pytest.raises(BadRequest, match="cannot be read"):
        list(read_records(tmp_path / "missing.csv"))


def command(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["ledger", "reconcile", *arguments])


def test_the_command_says_what_is_missing_and_ends_with_0_1_2_or_3(tmp_path: Path):
    data = tmp_path / "data"
    with opened(data) as ledger:
        talk(ledger, 1)
        refuse(ledger)
        ledger.stop()
    whole = command("--data", str(data))
    assert (whole.exit_code, whole.stdout.splitlines()[-1], whole.stderr) == (0, "nothing is missing", "")
    file = tmp_path / "usage.csv"
    file.write_text("id\nchat-1\nchat-9\n", encoding="utf-8")
    told = command("--data", str(data), "--usage", str(file), "--json")
    assert told.exit_code == 1
    value = json.loads(told.stdout)
    assert (value["complete"], value["counts"]) == (False, {"provider records": 1})
    assert value["mismatches"][0]["place"] == "line 3"
    with opened(data) as ledger:
        talk(ledger, 2, closes=False)
        ledger.stop()
    late = command("--data", str(data))
    assert late.exit_code == 3
    assert f"turn {turn_name(2)}: unfinished for " in late.stdout
    mistake = command("--data", str(data), "--usage", str(tmp_path)).exception
    assert isinstance(mistake, BadRequest)
    assert mistake.hint.startswith("a CSV or JSONL file")


def test_a_long_ledger_has_a_progress_bar_that_stays_out_of_the_answer(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(command_module, "LONG", 2)
    with opened(tmp_path) as ledger:
        talk(ledger, 1)
        ledger.stop()
    told = command("--data", str(tmp_path), "--json")
    assert (told.exit_code, json.loads(told.stdout)["complete"]) == (0, True)


CUT_OFF = """
import os, signal, sys
from pathlib import Path
from tests.ledger.ledgers import opened
from tests.ledger.talks import talk
with opened(Path(sys.argv[1])) as ledger:
    talk(ledger, 1)
    talk(ledger, 2, closes=False)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_that_was_killed_leaves_unfinished_turns_and_no_mismatch(tmp_path: Path):
    killed = subprocess.run([sys.executable, "-c", CUT_OFF, str(tmp_path)], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    store = open_store(tmp_path)
    with store.reading() as connection:
        found = reconcile(connection)
    store.close()
    assert (found.mismatches, [one.turn for one in found.unfinished]) == ((), [turn_name(2)])


def test_everything_a_gateway_does_adds_up(tmp_path: Path):
    import httpx2 as httpx

    chat = {"model": "assistant", "messages": [{"role": "user", "content": "hi"}]}
    person = {"model": "assistant", "messages": [{"role": "user", "content": "talk to a person"}]}

    async def refuses(_request, _body):
        from aiohttp import web

        return web.json_response({"error": "no"}, status=400)

    with scripted() as assistant, fairgo(tmp_path, assistant.address) as house:
        with httpx.Client(base_url=house.base, headers={"authorization": f"Bearer {house.key}"}) as client:
            for body in (chat, chat | {"stream": True, "stream_options": {"include_usage": True}}, person):
                assert client.post("/v1/chat/completions", json=body).status_code == 200
            assert client.post("/v1/chat/completions", content=b"{").status_code == 400
            assert client.get("/v1/models").status_code == 200
            assert client.get("/v1/nothing").status_code == 404
            form = re.search(r'name="(\w+)" value="([^"]+)"', client.get("/you/chat").text)
            said = {"words": "hi", form[1]: form[2]}
            visit = client.post("/you/chat", data=said, headers={"origin": house.base})
            assert visit.status_code == 303
            assistant.handler = refuses
            assert client.post("/v1/chat/completions", json=chat).status_code == 400
            assistant.handler = None
        with house.house.store.reading() as connection:
            running = reconcile(connection)
        ids = [record.usage for record in read_records(written(tmp_path, assistant))]
    with_store = open_store(tmp_path / "data")
    with with_store.reading() as connection:
        found = reconcile(connection, read_records(written(tmp_path, assistant)))
    with_store.close()
    assert (running.mismatches, running.unfinished, running.under_way) == ((), (), 0)
    assert (found.mismatches, found.unfinished, found.under_way) == ((), (), 0)
    counted = found.counted
    assert counted["seen"] == counted["opened"] + counted["refused"] + counted["listed"]
    assert (counted["refused"], counted["listed"]) == (2, 1)
    assert counted["calls"] == counted["usage"] == len(assistant.seen)
    assert counted["provider_records"] == len(ids) > 0


def written(folder: Path, assistant: Assistant) -> Path:
    """The scripted assistant's own account: every reply has the id c1 and 3 and 5 tokens."""
    path = folder / "provider.csv"
    lines = [f"c1,{3},{5}" for _ in assistant.seen]
    path.write_text("\n".join(["id,prompt_tokens,completion_tokens", *lines]), encoding="utf-8")
    return path
