"""Set-up: quick and silent when nothing changed, able to mend what was cut short, careful with what it fetches."""

import hashlib
import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.house.tree import ROOT, read

WHEEL = "pip-1.2-py3-none-any.whl"


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> dict[str, ModuleType]:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    return {name: importlib.import_module(name) for name in ("environment", "pips", "setup")}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in (
        "tools/setup.py",
        "tools/environment.py",
        "tools/pips.py",
        "pyproject.toml",
        "constraints.txt",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(read(ROOT / name), encoding="utf-8")
    (tmp_path / ".venv").mkdir()
    return tmp_path


def set_up(folder: Path, *wanted: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "tools/setup.py", *wanted]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def finish(folder: Path, *names: str) -> None:
    """Marks the environment of a copy as set up."""
    ask = "import sys; sys.path[:0] = ['tools']; import environment; print(environment.fingerprint())"
    said = subprocess.run([sys.executable, "-c", ask], cwd=folder, capture_output=True, text=True, check=True)
    stamp = {"digest": said.stdout.strip(), "names": names}
    (folder / ".venv" / "fairgo-set-up.json").write_text(json.dumps(stamp), encoding="utf-8")


@pytest.mark.parametrize("wanted", [(), ("test",), ("test", "check")])
def test_nothing_is_done_or_said_when_nothing_changed(copy: Path, wanted: tuple[str, ...]):
    finish(copy, "test", "check")
    done = set_up(copy, *wanted)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [path.name for path in (copy / ".venv").iterdir()] == ["fairgo-set-up.json"]


def test_a_changed_pin_and_a_moved_folder_are_noticed(copy: Path, tools: dict[str, ModuleType], monkeypatch):
    environment = tools["environment"]
    monkeypatch.setattr(environment, "CONSTRAINTS", copy / "constraints.txt")
    before = environment.fingerprint()
    (copy / "constraints.txt").write_text("pip==0\n", encoding="utf-8")
    assert environment.fingerprint() != before
    before = environment.fingerprint()
    monkeypatch.setattr(environment, "ROOT", copy / "elsewhere")
    assert environment.fingerprint() != before


def test_an_unknown_name_is_the_users_mistake(copy: Path):
    finish(copy)
    done = set_up(copy, "sparkle")
    assert done.returncode == 2
    assert "'sparkle'" in done.stderr
    assert "hint: known: check, oidc, pdf, test" in done.stderr
    assert "Traceback" not in done.stderr
    assert (copy / ".venv" / "fairgo-set-up.json").exists()


def test_packages_that_were_cut_short_are_removed(tmp_path: Path, tools: dict[str, ModuleType], monkeypatch):
    site = tmp_path / "lib" / "python3.11" / "site-packages"
    for name, marks in {"whole": ("INSTALLER", "RECORD"), "half": ("RECORD",), "quarter": ()}.items():
        info = site / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        for mark in ("METADATA", *marks):
            (info / mark).touch()
    (site / "~ip").mkdir()
    monkeypatch.setattr(tools["environment"], "VENV", tmp_path)
    tools["environment"].clear_halves()
    assert [path.name for path in site.iterdir()] == ["whole-1.0.dist-info"]


def test_an_old_python_is_told_plainly(tools: dict[str, ModuleType], monkeypatch):
    monkeypatch.setattr(tools["setup"], "find_newer_python", lambda: "")
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    said = str(tools["setup"].run())
    assert said.startswith("Fairgo needs Python 3.11 or newer")
    assert "hint:" in said


def test_an_old_python_can_read_the_first_file():
    # What follows 3.7 in syntax would show as a SyntaxError before the sentence above could be said.
    compile(read(ROOT / "tools" / "setup.py"), "setup.py", "exec", dont_inherit=True)
    import ast

    ast.parse(read(ROOT / "tools" / "setup.py"), feature_version=(3, 7))


def test_what_would_send_packages_elsewhere_is_left_out(tools: dict[str, ModuleType], monkeypatch):
    monkeypatch.setenv("PIP_TARGET", "elsewhere")
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PIP_TIMEOUT", "7")
    given = tools["pips"].environment()
    assert "elsewhere" not in given.values()
    assert (given["PIP_USER"], given["PIP_TIMEOUT"]) == ("0", "7")


def test_indexes_come_from_the_environment_and_pips_files(tmp_path: Path, tools, monkeypatch):
    (tmp_path / "pip.conf").write_text(
        "[global]\nextra-index-url =\n  https://b.example\n  https://c.example\n"
    )
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://a.example")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("HOME", str(tmp_path))
    found = list(tools["pips"].indexes())
    assert [one for one in found if one.endswith(".example")] == [f"https://{n}.example" for n in "abc"]


@pytest.mark.parametrize(("claimed", "accepted"), [("right", True), ("wrong", False)])
def test_a_fetched_wheel_must_be_what_its_link_says(tools, monkeypatch, claimed: str, accepted: bool):
    digest = hashlib.sha256(b"right" if claimed == "right" else b"other").hexdigest()
    pages = {
        "https://a.example/simple/pip/": f'<a href="../../files/{WHEEL}#sha256={digest}">'.encode(),
        f"https://a.example/files/{WHEEL}": b"right",
    }
    monkeypatch.setattr(tools["pips"], "read_url", pages.__getitem__)
    if accepted:
        assert tools["pips"].fetch_wheel("https://a.example/simple", WHEEL) == b"right"
    else:
        with pytest.raises(ValueError, match="not what its link says"):
            tools["pips"].fetch_wheel("https://a.example/simple", WHEEL)


def test_pip_is_fetched_in_the_open_from_nowhere(tools):
    with pytest.raises(ValueError, match="only https"):
        tools["pips"].read_url("http://a.example/simple/pip/")
