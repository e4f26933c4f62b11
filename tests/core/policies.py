"""A policy folder for tests: the starter's, with one file changed."""

import shutil
from pathlib import Path

from fairgo.cli.starting import starter


def a_policy_folder(folder: Path) -> Path:
    """A copy of the folder that `fairgo init` writes."""
    shutil.copytree(starter(), folder)
    return folder


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Replace words in one file of `policy/`; they must be there."""
    path = folder / "policy" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
