"""The policy folder that `fairgo init` starts a company off with."""

from importlib.resources import files
from pathlib import Path

from fairgo.core.errors import Conflict


def starter() -> Path:
    """The starter folder inside the installed package: settings, policy, `.gitignore`, and no keys."""
    return Path(str(files("fairgo.cli") / "starter"))


def write_starter(folder: Path) -> None:
    """Copy the starter into `folder`, which is made when it does not exist.

    Raises Conflict when something is there already: what a company has written is never overwritten.
    """
    if folder.exists() and not folder.is_dir():
        raise Conflict(f"{folder} is a file", hint="name a folder that does not exist yet")
    if folder.is_dir() and any(folder.iterdir()):
        raise Conflict(f"{folder} is not empty", hint="name a new or an empty folder")
    source = starter()
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.rglob("*")):
        target = folder / path.relative_to(source)
        if path.is_dir():
            target.mkdir(exist_ok=True)
        else:
            target.write_bytes(path.read_bytes())
