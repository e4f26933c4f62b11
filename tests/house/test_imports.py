"""Who may import whom: the contracts of `.importlinter` hold, and catch what they are for."""

import os
import shutil
import subprocess
import sys
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


# (file to plant it in, what it imports, the contract that must break)
PLANTED = [
    ("consent/planted.py", "fairgo.privacy", "Command line > demo"),
    ("stats/planted.py", "fairgo.store.engine", "Command line > demo"),
    ("core/planted.py", "fairgo.stats", "Command line > demo"),
    ("gateway/planted.py", "fairgo.console", "Command line > demo"),
    ("charts/planted.py", "fairgo.tables", "Command line > demo"),
    ("bias/records.py", "fairgo.bias.audits", "Inside an area"),
    ("bias/audits.py", "starlette", "Strategies and evidence"),
    ("privacy/security.py", "typer", "Strategies and evidence"),
    ("consent/records.py", "fairgo.web.rendering", "Strategies and evidence"),
    ("monitoring/routes.py", "narwhals", "Only tables"),
    ("console/planted.py", "duckdb", "Only tables"),
    ("culture/routes.py", "altair", "Only charts"),
    ("stakeholders/records.py", "fairgo.store.engine", "Areas never open"),
    ("ledger/verify.py", "fairgo.core.errors", "The offline verifier"),
]


def plant(package: Path, name: str, imported: str) -> str:
    """Adds an import to a file of the copy, which is made when it is missing; returns the module's name."""
    file = package / name
    if file.with_suffix("").is_dir():  # the strategy has grown into a folder
        file = file.with_suffix("") / "planted.py"
    file.parent.mkdir(exist_ok=True)
    (file.parent / "__init__.py").touch()
    with file.open("a", encoding="utf-8") as text:
        text.write(f"\nimport {imported}\n")
    return ".".join(file.with_suffix("").relative_to(package.parent).parts)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory, copy: Path) -> str:
    """What the linter says of a copy in which every violation is planted at once."""
    folder = tmp_path_factory.mktemp("broken")
    shutil.copytree(copy, folder, dirs_exist_ok=True)
    for name, imported, _contract in PLANTED:
        plant(folder / "src" / "fairgo", name, imported)
    done = lint(folder)
    assert done.returncode == 1
    return done.stdout


@pytest.mark.parametrize(("name", "imported", "contract"), PLANTED)
def test_a_planted_violation_is_caught(name: str, imported: str, contract: str, broken: str, copy: Path):
    verdicts, _, reasons = broken.partition("Broken contracts")
    assert [line for line in verdicts.splitlines() if line.startswith(contract) and "BROKEN" in line]
    package = copy / "src" / "fairgo"
    grown = (package / name).with_suffix("").is_dir()
    module = name.removesuffix(".py").replace("/", ".") + (".planted" if grown else "")
    told = reasons.partition(contract)[2].partition("\n---")[2]
    assert f"fairgo.{module} -> {imported} " in told


def test_a_package_that_no_layer_names_is_caught(tmp_path: Path, copy: Path):
    shutil.copytree(copy, tmp_path, dirs_exist_ok=True)
    plant(tmp_path / "src" / "fairgo", "utils/__init__.py", "json")
    done = lint(tmp_path)
    assert done.returncode == 1
    assert "utils" in done.stdout


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


CARRIED = (
    *("verify", "tree", "tiles", "note", "cosignatures", "trust"),
    *(f"packs/{name}" for name in ("form", "zipped", "signed", "enclosed", "check", "command")),
)


@pytest.mark.parametrize("name", CARRIED)
def test_the_verifier_can_be_carried_away(name: str):
    # An auditor runs it without Fairgo's store, settings or web parts.
    allowed = {f"fairgo.ledger.{module.replace('/', '.')}" for module in CARRIED}
    assert not outside(SOURCE / "ledger" / f"{name}.py", frozenset(allowed | {"cryptography"}))
