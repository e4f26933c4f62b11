"""Makes and mends `.venv`: the pinned pip and build tools, then Fairgo with what is wanted. Standard library only."""

import contextlib
import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path

import pips

ROOT = Path(__file__).resolve().parent.parent

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "fairgo-set-up.json"
CONSTRAINTS = ROOT / "constraints.txt"
PYPROJECT = ROOT / "pyproject.toml"
BUILDERS = ("pip", "hatchling", "editables")


def say(text: str) -> None:
    """One line of progress, on stderr."""
    print(f"fairgo set-up: {text}", file=sys.stderr, flush=True)


def main(wanted: Sequence[str]) -> int:
    """Sets up what is wanted; returns the exit code."""
    names = set(wanted)
    digest = fingerprint()
    before = stamped()
    if before.get("digest") == digest and names <= set(before["names"]):
        return 0
    with alone():
        before = stamped()  # another run may have done it while this one waited
        if before.get("digest") == digest and names <= set(before["names"]):
            return 0
        names |= set(before.get("names", ()))
        try:
            set_up(names)
        except pips.SetUpFailed as failed:
            print(f"\nfairgo set-up: {failed}\n\nhint: {failed.hint}", file=sys.stderr)
            return 2
        STAMP.write_text(json.dumps({"digest": fingerprint(), "names": sorted(names)}), encoding="utf-8")
    say("done")
    return 0


def fingerprint() -> str:
    """A hash of all that decides what is in `.venv`, its place included (its scripts name it)."""
    config = VENV / "pyvenv.cfg"
    version = ""
    if config.exists() and PYTHON.exists():
        lines = config.read_text(encoding="utf-8").splitlines()
        version = next((line for line in lines if line.startswith("version")), "")
    parts = (PYPROJECT.read_bytes(), CONSTRAINTS.read_bytes(), version.encode(), str(ROOT).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def stamped() -> dict[str, str | list[str]]:
    """What the last finished set-up left behind; empty when none did."""
    try:
        left: dict[str, str | list[str]] = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return left


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Holds a lock, so that two `make` at once do not write into one `.venv`."""
    with CONSTRAINTS.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def set_up(names: set[str]) -> None:
    """Makes or mends `.venv` and installs into it. Raises pips.SetUpFailed."""
    extras, groups = sort_out(names)
    STAMP.unlink(missing_ok=True)
    prepare_venv()
    project = f".[{','.join(extras)}]" if extras else "."
    wanted = [part for group in groups for part in ("--group", group)]
    label = "installing Fairgo" + (f" with {', '.join(sorted(names))}" if names else "")
    install([str(PYTHON), "-m", "pip"], ["--no-build-isolation", "--editable", project, *wanted], label)


def sort_out(names: set[str]) -> tuple[list[str], list[str]]:
    """The names as extras and dependency groups. Raises pips.SetUpFailed for one that is neither."""
    told = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    extras = set(told["project"].get("optional-dependencies", {}))
    groups = set(told.get("dependency-groups", {}))
    strange = sorted(names - extras - groups)
    if strange:
        known = ", ".join(sorted(extras | groups))
        raise pips.SetUpFailed(f"pyproject.toml knows no extra or group {strange[0]!r}.", f"known: {known}")
    return sorted(names & extras), sorted(names & groups)


def prepare_venv() -> None:
    """A `.venv` with the pinned pip and build tools, whatever state the last run left it in."""
    if not answers("-c", "import pip"):
        if VENV.exists():
            say("starting over: .venv is broken or was left half made")
            shutil.rmtree(VENV)
        say(f"making .venv with Python {sys.version.split()[0]}")
        made = pips.run([sys.executable, "-m", "venv", "--without-pip", str(VENV)])
        if made.returncode != 0:
            shutil.rmtree(VENV, ignore_errors=True)
            raise pips.SetUpFailed(
                "this Python cannot make a virtual environment.", "install your distribution's python3-venv"
            )
        bring_pip()
        return
    clear_halves()
    install([str(PYTHON), "-m", "pip"], list(BUILDERS), "checking pip and the build tools")


def answers(*arguments: str) -> bool:
    """True when the Python of `.venv` runs this without complaint."""
    return PYTHON.exists() and pips.run([str(PYTHON), *arguments]).returncode == 0


def clear_halves() -> None:
    """Removes packages whose installation was cut short, so that pip installs them anew.

    pip writes INSTALLER and RECORD last; what lacks them would pass for installed. Folders with a tilde are
    what an interrupted replacement set aside.
    """
    for site in VENV.glob("lib/python*/site-packages"):
        for info in site.glob("*.dist-info"):
            if not (info / "INSTALLER").exists() or not (info / "RECORD").exists():
                shutil.rmtree(info)
        for aside in site.glob("~*"):
            shutil.rmtree(aside) if aside.is_dir() else aside.unlink()


def bring_pip() -> None:
    """Puts the pinned pip into a `.venv` that has none. Raises pips.SetUpFailed when no way works."""
    tried: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for way, bring in pips.WAYS:
            try:
                pip = bring(Path(folder), PYTHON, CONSTRAINTS)
                install(pip, ["--upgrade", *BUILDERS], f"installing pip and the build tools, by {way}")
            except pips.SetUpFailed as failed:
                tried.append(f"  {way}: {failed}")
            else:
                return
    shutil.rmtree(VENV)
    raise pips.SetUpFailed(
        "no pip could be had:\n" + "\n".join(tried),
        "install your distribution's python3-venv, or name a package index in PIP_INDEX_URL",
    )


def install(pip: Sequence[str], arguments: Sequence[str], label: str) -> None:
    """Runs `pip install` within the constraints, showing what it is at. Raises pips.SetUpFailed with its words."""
    say(label)
    # Modules are compiled when first used: most of what is installed never is.
    command = [*pip, "install", "--no-compile", "--constraint", str(CONSTRAINTS), *arguments]
    with contextlib.closing(watch(command, show=progress())) as lines:
        said = list(lines)
    if said[-1] != "0":
        complaint = [line for line in said if line.startswith("ERROR")] or said[-6:-1] or ["no word"]
        raise pips.SetUpFailed("pip failed: " + " ".join(complaint), "the package index must be reachable")


def watch(command: Sequence[str], show: Callable[[str], None]) -> Generator[str]:
    """The command's lines as they come, then its exit code as the last line."""
    running = subprocess.Popen(
        command, cwd=ROOT, env=pips.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    with running:
        for line in running.stdout or ():
            show(line.strip())
            yield line.strip()
    show("")
    yield str(running.returncode)


def progress() -> Callable[[str], None]:
    """What to do with a line of pip's: on a terminal one line that changes, otherwise nothing."""
    width = shutil.get_terminal_size().columns - 1
    steps = ("Collecting", "Downloading", "Building", "Installing", "Using cached")
    if not sys.stderr.isatty():
        return lambda _line: None

    def show(line: str) -> None:
        if not line or line.startswith(steps):
            print(f"\r\033[K{('  ' + line)[:width] if line else ''}", end="", file=sys.stderr, flush=True)

    return show
