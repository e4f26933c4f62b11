"""Names say what a thing is for, and the folders follow the article."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fairgo.core.article import AREAS, STRATEGIES
from tests.house.tree import ROOT, SOURCE, files, imports, parsed, place

BANNED = {"utils", "util", "helpers", "helper", "common", "manager", "processor", "base", "legacy", "v2"}
WIRE_WORDS = re.compile(r"base_url|BaseUrl")  # what every client of an assistant calls it
IN_EVERY_AREA = {"__init__", "area", "records", "routes", "commands", "pages"}
STRATEGY_FOLDERS = {SOURCE / row.area / row.name for row in STRATEGIES}


def words(name: str) -> set[str]:
    """The words of a name, however they are joined."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", WIRE_WORDS.sub("", name))
    return set(re.split(r"[^A-Za-z0-9]+", name.lower()))


def names(path: Path) -> Iterator[str]:
    """What a Python file names: its folders, itself, its classes and functions."""
    yield from path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name


def only_describes(body: list[ast.stmt]) -> bool:
    """True for a docstring and nothing else."""
    return len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)


def only_re_exports(body: list[ast.stmt], package: str) -> bool:
    """True for a docstring, imports from inside the package, and `__all__`."""
    described, *rest = body
    imported = [node for node in rest if isinstance(node, ast.ImportFrom)]
    listed = [node for node in rest if isinstance(node, ast.Assign)]
    return (
        only_describes([described])
        and len(imported) + len(listed) == len(rest)
        and len(listed) == 1
        and all((node.module or "").startswith(f"{package}.") for node in imported)
        and ast.unparse(listed[0].targets[0]) == "__all__"
    )


def test_no_name_is_a_junk_drawer():
    bad = {f"{place(path)}: {name}" for path in files(".py") for name in names(path) if words(name) & BANNED}
    assert not bad


@pytest.mark.parametrize("name", ["utils", "UserManager", "base_client", "api_v2", "HTTPHelper", "common"])
def test_a_junk_drawer_is_seen(name: str):
    assert words(name) & BANNED


@pytest.mark.parametrize("name", ["base_url", "database", "base64url", "contextmanager", "give_consent"])
def test_an_honest_name_passes(name: str):
    assert not words(name) & BANNED


def test_a_package_root_holds_a_docstring_only():
    for path in files("__init__.py", under=SOURCE):
        body = parsed(path).body
        package = ".".join(path.parent.relative_to(SOURCE.parent).parts)
        allowed = only_describes(body) or (path.parent in STRATEGY_FOLDERS and only_re_exports(body, package))
        assert allowed, place(path)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('"""Words."""\nfrom p.q import f\n\n__all__ = ["f"]', True),
        ('"""Words."""\nfrom elsewhere import f\n\n__all__ = ["f"]', False),
        ('"""Words."""\nfrom p.q import f', False),
        ('"""Words."""\nfrom p.q import f\n\n__all__ = ["f"]\n\ndef g(): ...', False),
    ],
)
def test_a_re_export_is_told_from_work(code: str, expected: bool):
    assert only_re_exports(ast.parse(code).body, "p") is expected


def test_inner_files_never_import_from_their_package_root():
    for folder in STRATEGY_FOLDERS:
        package = ".".join(folder.relative_to(SOURCE.parent).parts)
        inside = {path.stem for path in files(".py", under=folder)} | {
            path.name for path in folder.glob("*/")
        }
        for path in files(".py", under=folder):
            for module, taken in imports(path):
                round_about = module == package and not set(taken) <= inside
                assert path.name == "__init__.py" or not round_about, place(path)


@pytest.mark.parametrize("area", AREAS)
def test_an_area_holds_its_three_strategies_and_the_usual_files(area: str):
    allowed = IN_EVERY_AREA | {row.name for row in STRATEGIES if row.area == area}
    python = {path.relative_to(SOURCE / area).parts[0] for path in files(".py", under=SOURCE / area)}
    assert {name.removesuffix(".py") for name in python} <= allowed
