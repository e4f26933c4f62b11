"""What exists is declared: every error in the tree, every setting in its document; and only the ledger writes."""

import ast
import inspect
import re

import pytest

from fairgo.core import errors
from fairgo.core.settings import CREDENTIAL, NAMES, PREFIX, TABLE, UPSTREAM
from tests.house.tree import ROOT, SOURCE, all_files, files, parsed, place, read

FAMILY = {
    name: kind for name, kind in vars(errors).items() if inspect.isclass(kind) and issubclass(kind, Exception)
}
BRANCH = re.compile(r"^[├└]── (\w+) +(.+)$", re.MULTILINE)
VARIABLE = re.compile(r"\bFAIRGO_([A-Z_]*[A-Z])\b")
DOORS = [SOURCE / "ledger", SOURCE / "store"]


def test_the_tree_of_errors_is_the_family():
    drawn = dict(BRANCH.findall(errors.__doc__ or ""))
    told = {
        name: (inspect.getdoc(kind) or "").splitlines()[0]
        for name, kind in FAMILY.items()
        if kind is not errors.FairgoError
    }
    assert {name: text.lower().rstrip(".") for name, text in told.items()} == {
        name: text.lower() for name, text in drawn.items()
    }


def test_every_error_has_a_code_of_its_own():
    codes = [kind.code for kind in FAMILY.values()]
    assert len(set(codes)) == len(codes)


def test_the_family_lives_in_one_file():
    strays = [
        f"{place(path)}: {node.name}"
        for path in files(".py", under=SOURCE)
        if path != SOURCE / "core" / "errors.py"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef)
        and {ast.unparse(parent).rpartition(".")[2] for parent in node.bases} & set(FAMILY)
    ]
    assert not strays


def test_every_setting_is_documented():
    page = read(ROOT / "docs" / "reference" / "settings.md")
    missing = [row.name for row in TABLE if f"`{row.name}`" not in page or row.meaning not in page]
    assert not missing


def is_known(name: str) -> bool:
    """True for a setting, or one of the two families that name a system."""
    return name.lower() in NAMES or name.startswith((UPSTREAM, CREDENTIAL))


def test_every_variable_that_is_named_exists():
    # What is not read must not be promised. Tests may name what does not exist.
    strange = {
        f"{place(path)}: {PREFIX}{name}"
        for path in all_files()
        if not path.is_relative_to(ROOT / "tests")
        for name in VARIABLE.findall(read(path))
        if not is_known(name)
    }
    assert not {one for one in strange if not one.endswith((UPSTREAM[:-1], CREDENTIAL[:-1]))}


def writes(tree: ast.Module) -> list[int]:
    """The lines that ask a store for a writable transaction."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"writing", "_writer"}
    ]


def test_only_the_ledger_opens_writable_transactions():
    # Nothing takes effect without evidence: state and leaf commit together, and only the ledger sees to it.
    found = {
        place(path): writes(parsed(path))
        for path in files(".py", under=SOURCE)
        if not any(path.is_relative_to(door) for door in DOORS)
    }
    assert not {path: lines for path, lines in found.items() if lines}


@pytest.mark.parametrize(
    "code", ["with store.writing() as c: pass", "open_it = store.writing", "s._writer.begin()"]
)
def test_a_way_round_the_ledger_is_seen(code: str):
    assert writes(ast.parse(code))


def unexplained(tree: ast.Module) -> list[int]:
    """The lines that skip a test, or expect it to fail, and do not say why."""
    marks = {"skip", "skipif", "xfail"}
    bare = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in marks]
    called = {
        id(node.func): bool(node.args and node.func.attr != "skipif")
        or "reason" in {k.arg for k in node.keywords}
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    return [
        node.lineno
        for node in bare
        if ast.unparse(node).startswith("pytest.") and not called.get(id(node), False)
    ]


def test_every_test_that_is_not_run_says_why():
    found = {place(path): unexplained(parsed(path)) for path in files(".py", under=ROOT / "tests")}
    assert not {path: lines for path, lines in found.items() if lines}


@pytest.mark.parametrize(
    ("code", "silent"),
    [
        ("@pytest.mark.xfail\ndef test(): ...", True),
        ("pytest.mark.skipif(True)", True),
        ("pytest.mark.xfail(strict=False)", True),
        ("pytest.mark.skipif(True, reason='no server')", False),
        ("pytest.skip('no server')", False),
        ("pytest.mark.xfail(reason='no desk')", False),
    ],
)
def test_silence_is_seen(code: str, silent: bool):
    assert bool(unexplained(ast.parse(code))) is silent
