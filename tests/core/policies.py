"""A policy folder for tests: the starter's, with one file changed."""

import shutil
from pathlib import Path

from fairgo.cli.starting import starter


def a_policy_folder(folder: Path) -> Path:
    """A copy of the folder that `fairgo init` writes."""
    shutil.copytree(starter(), folder)
    return folder


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Replace words where they first stand outside a comment, in one file of `policy/`; they must be there."""
    path = folder / "policy" / name
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if old in line and not line.startswith("#"))
    lines[at] = lines[at].replace(old, new, 1)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
