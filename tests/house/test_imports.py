"""Who may import whom: the contracts of `.importlinter` hold, and catch what they are for."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT, SOURCE, files, imports, place

LINT = str(Path(sys.executable).with_name("lint-imports"))
STANDARD = sys.stdlib_module_names


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT, "--no-logo"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(SOURCE, folder / "src" / "fairgo", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", folder)
    return folder


def test_the_contracts_hold(copy: Path):
    done = lint(copy)
    assert done.returncode == 0, done.stdout


# (file, line to add to it, the contract that must break)
PLANTED = [
    ("consent/planted.py", "import fairgo.privacy", "Command line > demo"),
    ("stats/planted.py", "import fairgo.store.engine", "Command line > demo"),
    ("core/planted.py", "import fairgo.stats", "Command line > demo"),
    ("gateway/planted.py", "import fairgo.console", "Command line > demo"),
    ("charts/planted.py", "import fairgo.tables", "Command line > demo"),
    ("utils/__init__.py", '"""A junk drawer."""', "Command line > demo"),
    ("bias/records.py", "import fairgo.bias.audits", "Inside an area"),
    ("bias/audits.py", "import starlette", "Strategies and evidence"),
    ("privacy/security/planted.py", "import typer", "Strategies and evidence"),
    ("consent/records.py", "import fairgo.web.rendering", "Strategies and evidence"),
    ("monitoring/routes.py", "import narwhals", "Only tables"),
    ("console/planted.py", "import duckdb", "Only tables"),
    ("culture/routes.py", "import altair", "Only charts"),
    ("stakeholders/records.py", "import fairgo.store.engine", "Areas never open"),
    ("ledger/verify.py", "import fairgo.core.errors", "The offline verifier"),
]


@pytest.fixture
def planted(request: pytest.FixtureRequest, copy: Path) -> Iterator[Path]:
    name, line = request.param
    package = copy / "src" / "fairgo"
    touched = package / name
    if touched.with_suffix("").is_dir():  # the strategy has grown into a folder
        touched = touched.with_suffix("") / "planted.py"
    needed = [
        touched,
        *(folder / "__init__.py" for folder in touched.parents if folder.is_relative_to(package)),
    ]
    imported = copy / "src" / line.removeprefix("import ").replace(".", "/")
    if line.startswith("import fairgo.") and not imported.is_dir():
        needed.append(imported.with_suffix(".py"))
    before = {path: path.read_text(encoding="utf-8") if path.exists() else None for path in needed}
    touched.parent.mkdir(exist_ok=True, parents=True)
    for path, text in before.items():
        path.write_text(text or '"""Planted."""\n', encoding="utf-8")
    touched.write_text(f"{before[touched] or ''}\n{line}\n", encoding="utf-8")
    yield copy
    for path, text in before.items():
        path.write_text(text, encoding="utf-8") if text is not None else path.unlink()


@pytest.mark.parametrize(
    ("planted", "contract"),
    [pytest.param((name, line), broken, id=f"{name}: {line}") for name, line, broken in PLANTED],
    indirect=["planted"],
)
def test_a_planted_violation_is_caught(planted: Path, contract: str):
    done = lint(planted)
    assert done.returncode == 1, done.stdout
    assert [line for line in done.stdout.splitlines() if line.startswith(contract) and "BROKEN" in line]


def outside(path: Path, allowed: frozenset[str]) -> list[str]:
    """What a file imports that is neither standard nor allowed (an allowed package allows what is in it)."""

    def fine(module: str) -> bool:
        top = module.partition(".")[0]
        return top in STANDARD or any(module == name or module.startswith(f"{name}.") for name in allowed)

    return sorted(
        module
        for module, taken in imports(path)
        if not fine(module) and not (taken and all(fine(f"{module}.{name}") for name in taken))
    )


@pytest.mark.parametrize(
    "line", ["import requests", "from fairgo.ledger import leaves", "import fairgo.ledger"]
)
def test_what_is_outside_is_seen(tmp_path: Path, line: str):
    file = tmp_path / "file.py"
    file.write_text(f"import json\nfrom fairgo.ledger import tree\n{line}\n", encoding="utf-8")
    assert len(outside(file, frozenset({"fairgo.ledger.tree"}))) == 1


def test_core_needs_only_the_standard_library_and_pydantic():
    allowed = frozenset({"pydantic", "pydantic_core", "fairgo.core"})
    strange = {place(path): outside(path, allowed) for path in files(".py", under=SOURCE / "core")}
    assert not {path: modules for path, modules in strange.items() if modules}


@pytest.mark.parametrize("name", ["verify", "tree", "note"])
def test_the_verifier_can_be_carried_away(name: str):
    # An auditor runs it without Fairgo's store, settings or web parts.
    allowed = frozenset({"cryptography", "fairgo.ledger.tree", "fairgo.ledger.note"})
    assert not outside(SOURCE / "ledger" / f"{name}.py", allowed)
