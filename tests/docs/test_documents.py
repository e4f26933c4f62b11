"""The documents are true: what is generated is up to date, what is commanded exists, what is linked is there."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import typer

from fairgo.cli.main import app
from fairgo.core.article import STRATEGIES
from tests.house.tree import ROOT, files, place, read
from tools import generate

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
DOCUMENTS = [path for path in files(".md") if path.is_relative_to(ROOT / "docs") or path.parent == ROOT]


def blocks(path: Path, language: str) -> list[str]:
    """The fenced blocks of a document in one language."""
    return [code for kind, code in BLOCK.findall(read(path)) if kind == language]


def shell_lines(path: Path) -> list[list[str]]:
    """The commands of a document's shell blocks, split as the shell would, comments left out."""
    lines = [line for code in blocks(path, "sh") for line in code.splitlines()]
    return [words for line in lines if (words := shlex.split(line, comments=True))]


@pytest.mark.parametrize("path", list(generate.documents()), ids=place)
def test_generated_documents_are_up_to_date(path: Path):
    assert read(path) == generate.documents()[path], "run `make docs`"


def test_the_map_has_every_strategy():
    rows = generate.map_of_article().splitlines()
    assert len(rows) == len(STRATEGIES) + 4
    for strategy in STRATEGIES:
        assert any(strategy.asks in row for row in rows)


def test_the_map_calls_built_what_has_a_live_measure():
    from fairgo.assemble import AREAS

    measured = {(area.name, name) for area in AREAS for name in area.measures}
    claimed = {(row.area, row.name) for row in STRATEGIES if generate.is_built(row)}
    assert claimed == measured


def fairgo_lines() -> list[tuple[str, list[str]]]:
    return [
        (place(path), line[1:]) for path in DOCUMENTS for line in shell_lines(path) if line[0] == "fairgo"
    ]


@pytest.mark.parametrize(("where", "line"), fairgo_lines(), ids=str)
def test_a_documented_command_and_its_options_exist(where: str, line: list[str]):
    command = typer.main.get_command(app)
    words = iter(line)
    while hasattr(command, "commands"):
        name = next(words)
        assert name in command.commands, f"{where}: fairgo has no {name}"
        command = command.commands[name]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_the_front_page_shows_commands():
    shown = {line[0] for _, line in fairgo_lines()}
    assert {"init", "serve", "key", "audit", "ledger", "status"} <= shown


def test_every_documented_target_of_make_exists():
    targets = set(re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.MULTILINE))
    used = {
        line[1] for path in DOCUMENTS for line in shell_lines(path) if line[0] == "make" and len(line) > 1
    }
    used |= {name for path in DOCUMENTS for name in re.findall(r"`make ([a-z-]+)", read(path))}
    assert used
    assert used <= targets


def test_make_alone_prints_every_target_in_a_line():
    said = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    printed = [line.split()[0] for line in said.splitlines()]
    assert printed == re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.MULTILINE)
    assert len(printed) <= 12


@pytest.mark.parametrize("path", DOCUMENTS, ids=place)
def test_links_lead_somewhere(path: Path):
    near = [link.partition("#")[0] for link in LINK.findall(read(path)) if "://" not in link]
    assert not [link for link in near if link and not (path.parent / link).exists()]


@pytest.mark.parametrize("path", DOCUMENTS, ids=place)
def test_python_in_documents_can_be_read(path: Path):
    for code in blocks(path, "python"):
        compile(code, place(path), "exec")


def test_the_steps_in_the_gateways_document_are_the_steps():
    from fairgo.gateway.pipeline import STEPS

    page = read(ROOT / "docs" / "concepts" / "gateway.md")
    told = re.findall(r"^\| ([a-z_]+\.[a-z_]+) \|.*\| (\w+) \|$", page, re.MULTILINE)
    assert told == [(step.name, step.on_failure.value) for step in STEPS]
