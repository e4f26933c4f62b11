"""Makes `.venv` with everything Fairgo needs, and does nothing when nothing changed. Standard library only.

    python3 tools/setup.py [NAME ...]

Each NAME is a dependency group or an extra of pyproject.toml; without one, only what running needs. All output
goes to stderr, so that a command run afterwards keeps stdout for itself. Run by whatever `python3` is: a Python
too old for Fairgo must still be able to read this file, so the work is in environment.py.
"""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
KNOWN_TO_WORK = ("python3.13", "python3.12", "python3.11", "python3.14", "python3")


def find_newer_python() -> str:
    """The path of a Python that is new enough, or an empty string."""
    question = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    for name in KNOWN_TO_WORK:
        path = shutil.which(name)
        quiet = subprocess.DEVNULL
        if path and subprocess.call([path, "-c", question], stdout=quiet, stderr=quiet) == 0:
            return path
    return ""


def run() -> "int | str":
    """Sets up with this Python or a newer one; returns the exit code, or the sentence to end with."""
    if sys.version_info < OLDEST:
        newer = find_newer_python()
        if newer:
            os.execv(newer, [newer, *sys.argv])  # noqa: S606 - the same program, no shell
        return (
            f"Fairgo needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {sys.version.split()[0]}.\n\n"
            "hint: install one from your distribution, then: make PYTHON=/path/to/python3"
        )
    from environment import main  # noqa: PLC0415 - an old Python cannot read it

    try:
        return main(sys.argv[1:])
    except KeyboardInterrupt:
        return "\nfairgo set-up: interrupted; run it again to go on"


if __name__ == "__main__":
    sys.exit(run())
