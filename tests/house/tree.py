"""The files of this repository, as the house rules see them: what is tracked, and what would be."""

import ast
import functools
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "fairgo"
NEVER_OURS = {"__pycache__", "build", "dist", "var", "node_modules"}


@functools.cache
def all_files() -> tuple[Path, ...]:
    """Every file that git tracks or would; without git, every file but what is hidden or built."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode == 0:
        named = [ROOT / name for name in listing.stdout.split("\0") if name]
        return tuple(sorted(path for path in named if path.is_file()))
    return tuple(sorted(_walked()))


def _walked() -> Iterator[Path]:
    for folder, below, names in os.walk(ROOT):
        below[:] = [name for name in below if name not in NEVER_OURS and not name.startswith(".")]
        yield from (Path(folder, name) for name in names)


def files(*suffixes: str, under: Path = ROOT) -> list[Path]:
    """The files with one of these endings (all, without one) in a folder."""
    return [
        path
        for path in all_files()
        if path.is_relative_to(under) and (not suffixes or path.name.endswith(suffixes))
    ]


def place(path: Path) -> str:
    """A file's path as it is written in a complaint."""
    return str(path.relative_to(ROOT))


@functools.cache
def read(path: Path) -> str:
    """A file's text; bytes that are no text become marks."""
    return path.read_text(encoding="utf-8", errors="replace")


@functools.cache
def parsed(path: Path) -> ast.Module:
    """A Python file's syntax tree."""
    return ast.parse(read(path), str(path))


def imports(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a Python file imports, anywhere in it: module and the names taken from it."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{place(path)} imports by a relative name"
            yield node.module or "", tuple(alias.name for alias in node.names)


def docstrings(path: Path) -> Iterator[str]:
    """Every docstring of a Python file."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Every string of a Python file that is not a docstring, with its line."""
    described = {
        id(node.body[0].value)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in described:
            yield node.lineno, node.value
