"""Nothing grows past what one sitting can read. The limits are for every file; there is no list of exceptions."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT, files, parsed, place, read

FILE_MOST, FILE_USUAL = 400, 300
FUNCTION_MOST, FUNCTION_USUAL = 60, 40
POSITIONAL_MOST = 5
USUALLY = 0.9
CODE = (".py", ".js", ".css", ".html", ".sql")


def lines(path: Path) -> int:
    return len(read(path).splitlines())


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def positional(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    names = [parameter.arg for parameter in (*function.args.posonlyargs, *function.args.args)]
    return len([name for name in names if name not in {"self", "cls"}])


def share_within(sizes: list[int], limit: int) -> float:
    return sum(size <= limit for size in sizes) / len(sizes)


def test_no_file_is_too_long():
    too_long = [f"{place(path)}: {lines(path)}" for path in files(*CODE) if lines(path) > FILE_MOST]
    assert not too_long


def test_most_files_are_short():
    assert share_within([lines(path) for path in files(*CODE)], FILE_USUAL) >= USUALLY


def test_no_function_is_too_long():
    too_long = [
        f"{place(path)}:{function.lineno} {function.name}: {length(function)}"
        for path in files(".py")
        for function in functions(path)
        if length(function) > FUNCTION_MOST
    ]
    assert not too_long


def test_most_functions_are_short():
    sizes = [length(function) for path in files(".py") for function in functions(path)]
    assert share_within(sizes, FUNCTION_USUAL) >= USUALLY


def test_no_function_takes_too_many_by_position():
    # pytest fills a test's parameters by name, so they do not count.
    too_many = [
        f"{place(path)}:{function.lineno} {function.name}: {positional(function)}"
        for path in files(".py")
        if not path.is_relative_to(ROOT / "tests")
        for function in functions(path)
        if positional(function) > POSITIONAL_MOST
    ]
    assert not too_many


@pytest.mark.parametrize(
    ("folder", "most"), [("docs/guides", 150), ("docs/concepts", 150), ("docs/decisions", 60)]
)
def test_no_document_is_too_long(folder: str, most: int):
    too_long = [
        f"{place(path)}: {lines(path)}" for path in files(".md", under=ROOT / folder) if lines(path) > most
    ]
    assert not too_long


def test_the_front_page_is_short():
    assert lines(ROOT / "README.md") <= 120


def test_the_measures_measure():
    tree = ast.parse("class C:\n    def f(self, a, b, /, c, d, e, f, *, g):\n        pass\n")
    (function,) = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    assert positional(function) == 6
    assert length(function) == 2
    assert share_within([1, 2, 3, 4], 3) == 0.75
