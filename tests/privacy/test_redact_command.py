"""`fairgo redact` as its users run it: text and JSON Lines, in and out, and what it refuses."""

import io
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from fairgo.cli.main import app
from fairgo.core.errors import BadRequest, FairgoError, Misconfigured, NotFound
from tests.serving import policy_folder

TEXT = "my tfn is 123 456 782\ncall 0491 570 006 or +61491570006 ‹x\n"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Runs `fairgo redact …`. Gives the exit code and the bytes that were printed."""
    monkeypatch.chdir(tmp_path)

    def command(*line: str, given: bytes = b"") -> tuple[int, bytes]:
        out = io.BytesIO()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
        monkeypatch.setattr("sys.stdout", io.TextIOWrapper(out, write_through=True))
        code = typer.main.get_command(app).main(["redact", *line], standalone_mode=False)
        return int(code or 0), out.getvalue()

    return command


def rows(printed: bytes) -> list[Any]:
    return [json.loads(line) for line in printed.splitlines()]


def test_text_and_back(run) -> None:
    Path("a.txt").write_text(TEXT)
    code, hidden = run("a.txt", "--vault", "v")
    assert code == 0
    assert [word for word in ("123", "0491", "491570006") if word in hidden.decode()] == []
    assert hidden.decode().endswith("› ‹x\n")
    assert Path("v").stat().st_mode & 0o777 == 0o600
    assert "SECRET" in Path("v").read_text().splitlines()[0]
    assert run("--restore", "--vault", "v", given=hidden) == (0, TEXT.encode())


def test_an_identifier_over_two_lines_is_one(run) -> None:
    assert b"123" not in run(given=b"My tax file number is\n123 456 782\n")[1]


@pytest.mark.parametrize("way", [("m.jsonl",), ("--json", "m.txt"), ("--json",)])
def test_json_lines_with_offsets_into_the_given_text(run, way: tuple[str, ...]) -> None:
    given = [
        {"id": 1, "text": "🙂 é call 0491 570 006", "more": "0491 570 006"},
        {"id": "b", "text": "nothing"},
    ]
    raw = "\n\n".join(map(json.dumps, given)).encode()
    for name in way:
        if not name.startswith("--"):
            Path(name).write_bytes(raw)
    code, printed = run(*way, given=raw)
    first, second = rows(printed)
    (span,) = first["spans"]
    assert code == 0
    assert set(first) == {"id", "text", "spans"}
    assert set(span) == {"start", "end", "type", "score"}
    assert given[0]["text"][span["start"] : span["end"]] == "0491 570 006"
    assert (first["id"], span["type"], 0 < span["score"] <= 1) == (1, "PHONE", True)
    assert second == {"id": "b", "text": "nothing", "spans": []}


def test_the_same_value_has_one_placeholder_in_one_run(run) -> None:
    given = b'{"text":"0491 570 006"}\n{"text":"0491 570 006"}\n'
    first, second = rows(run("--json", given=given)[1])
    assert first["text"] == second["text"]
    assert rows(run("--json", given=given)[1])[0]["text"] != first["text"]


def test_json_lines_come_back_too(run) -> None:
    given = b'{"id":1,"text":"call 0491 570 006"}\n'
    hidden = run("--json", "--vault", "v", given=given)[1]
    code, back = run("--json", "--restore", "--vault", "v", given=hidden)
    assert (code, rows(back)) == (0, [{"id": 1, "text": "call 0491 570 006"}])


def test_plain_text_with_json_asked_for_is_one_object(run) -> None:
    (row,) = rows(run("--json", given=b"call 0491 570 006\n")[1])
    assert row["text"].startswith("call ‹PHONE·")
    assert [span["type"] for span in row["spans"]] == ["PHONE"]


def test_a_vault_is_gone_on_with(run) -> None:
    one = run("--vault", "v", given=b"0491 570 006")[1]
    two = run("--vault", "v", given=b"and 0491 570 006, 0491 570 156")[1]
    assert one in two
    assert run("--restore", "--vault", "v", given=one + b" " + two)[1].count(b"0491 570 006") == 2


def test_an_unknown_placeholder_stays_and_is_a_finding(run) -> None:
    run("--vault", "v", given=b"0491 570 006")
    assert run("--restore", "--vault", "v", given="‹TFN·abcde23456›".encode()) == (
        1,
        "‹TFN·abcde23456›".encode(),
    )


def test_the_policy_decides(run, tmp_path: Path) -> None:
    folder = policy_folder(tmp_path / "p")
    path = folder / "policy" / "organisation.toml"
    text = path.read_text().replace("contacts = []", 'contacts = ["0491 570 006"]')
    path.write_text(text.replace("keep_days = 30", 'hidden = ["TFN", "IHI", "PHONE"]'))
    said = run("--policy", str(folder), given=b"0491 570 006 0491 570 156 jo@example.com")[1].decode()
    assert said.startswith("0491 570 006 ‹PHONE·")
    assert said.endswith("› jo@example.com")


BAD_LINES = [
    (("--json",), b'{"text":"x"}\n\n{"text":\n', BadRequest, "standard input, line 3: this is not JSON"),
    (("--json",), b'{"text":"x"}\n{"id":8}\n', BadRequest, "line 2: there is no text in it"),
    (("--json",), b'{"text":5}\n', BadRequest, "line 1: there is no text in it"),
    ((), b"fine\n" * 30_000 + b"caf\xe9\n", BadRequest, "line 30001: this is not UTF-8"),
    ((), b"fine\ncaf\xc3", BadRequest, "line 2: this is not UTF-8"),
    (("nowhere.txt",), b"", NotFound, "there is no file nowhere.txt"),
    (("--restore",), b"", BadRequest, "--restore needs the vault"),
    (("--restore", "--vault", "nowhere"), b"", NotFound, "there is no vault nowhere"),
    (("--out", "no/such/folder"), b"x", Misconfigured, "cannot be written"),
]


@pytest.mark.parametrize(("line", "given", "kind", "message"), BAD_LINES)
def test_a_mistake_says_which_line(run, line, given: bytes, kind: type[FairgoError], message: str) -> None:
    with pytest.raises(kind) as wrong:
        run(*line, given=given)
    assert message in wrong.value.message
    assert wrong.value.hint or kind is Misconfigured


@pytest.mark.parametrize(
    ("content", "mode", "message"),
    [
        (b"hello\n", 0o600, "is not a vault"),
        (b"", 0o600, "is not a vault"),
        (b"\xff", 0o600, "cannot be read"),
        ("HEAD\n{}\n", 0o600, "is damaged"),
        ('HEAD\n{"key":"zz"}\n', 0o600, "is damaged"),
        ('HEAD\n{"key":"00"}\n', 0o644, "others can read it"),
    ],
)
def test_a_vault_that_is_none_is_refused(run, content: Any, mode: int, message: str) -> None:
    from fairgo.privacy.security.vault_file import HEAD

    text = content if isinstance(content, bytes) else content.replace("HEAD", HEAD).encode()
    Path("v").write_bytes(text)
    Path("v").chmod(mode)
    with pytest.raises(Misconfigured, match=message):
        run("--restore", "--vault", "v", given=b"x")


def test_what_breaks_off_leaves_nothing_half_written(run) -> None:
    Path("out.jsonl").write_text("as before")
    with pytest.raises(BadRequest):
        run("--json", "--out", "out.jsonl", "--vault", "v", given=b'{"text":"0491 570 006"}\nbroken\n')
    assert Path("out.jsonl").read_text() == "as before"
    assert [path.name for path in Path().iterdir()] == ["out.jsonl"]


def test_written_whole_to_a_file(run) -> None:
    assert run("--out", "out.txt", given=b"call 0491 570 006\n") == (0, b"")
    assert Path("out.txt").read_text().startswith("call ‹PHONE·")


def test_an_interrupted_run_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fairgo.cli.main", "redact", "--out", "out", "--vault", "v"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, cwd=tmp_path, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(b"call 0491 570 006\n" * 20_000)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        process.stdin.close()
        process.wait(20)
    assert process.returncode != 0
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_leaves_gets_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    path.write_text("call 0491 570 006\n" * 20_000)
    command = f"{sys.executable} -m fairgo.cli.main redact {path} | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602 - a pipe is the point
    assert done.stdout.startswith("call ‹PHONE·")
    assert "Traceback" not in done.stderr
