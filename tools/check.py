"""Runs every check side by side and prints the words of those that fail. Exit code 1 when any does."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
HERE = Path(PYTHON).parent

# The longest first. Types use both cores for a while; the others fit beside them.
CHECKS: dict[str, list[str]] = {
    "types": [PYTHON, "-m", "mypy"],
    "house rules": [PYTHON, "-m", "pytest", "-q", "--no-header", "tests/house"],
    "import contracts": [str(HERE / "lint-imports"), "--no-logo"],
    "lints": [PYTHON, "-m", "ruff", "check", "."],
    "formatting": [PYTHON, "-m", "ruff", "format", "--check", "."],
}


def check(name: str) -> bool:
    """Runs one check, prints how it went, and tells whether it passed."""
    start = time.monotonic()
    done = subprocess.run(
        CHECKS[name], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    passed = done.returncode == 0
    lines = [f"{'ok  ' if passed else 'FAIL'} {name} ({time.monotonic() - start:.1f} s)"]
    if not passed:
        lines.append(done.stdout.rstrip())
    print("\n".join(lines), flush=True)
    return passed


def main() -> int:
    """Runs them all; the exit code says whether all passed."""
    with ThreadPoolExecutor(max_workers=3) as pool:
        results = list(pool.map(check, CHECKS))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
