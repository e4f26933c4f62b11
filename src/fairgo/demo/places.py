"""Where the demonstration's files are, once installed."""

from importlib.resources import files
from pathlib import Path


def banksia() -> Path:
    """Banksia Mobile's policy folder. It is part of the installed package: copy it, never write into it."""
    return Path(str(files("fairgo.demo") / "banksia"))


def help_pages() -> Path:
    """The folder of Banksia's help pages (Markdown, one file each)."""
    return banksia() / "help"
