"""Writes tune.jsonl and report.jsonl from the messages in `written/`: the same bytes every time.

python bench/pii/make.py
"""

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

from bench.pii.writing import read_written  # noqa: E402 - found through the line above

# Made-up credentials have the shape of real ones: escaped, so that no scanner of repositories takes them for such.
ESCAPES = {
    "AKIA": r"AK\u0049A",
    "ghp_": r"gh\u0070_",
    "sk_test": r"s\u006b_test",
    "PRIVATE KEY": r"PRIVATE \u004bEY",
}


def written_out(half: str) -> str:
    lines = []
    counts: dict[str, int] = {}
    for number, message in enumerate(read_written(HERE / "written" / half), start=1):
        counts[message.source] = counts.get(message.source, 0) + 1
        record: dict[str, Any] = message.labelled(
            f"{half[0]}{number:04}", f"{half}/{message.source}/{counts[message.source]}"
        )
        line = json.dumps(record, ensure_ascii=False)
        for plain, escaped in ESCAPES.items():
            line = line.replace(plain, escaped)
        lines.append(line + "\n")
    return "".join(lines)


def main() -> None:
    for half in ("tune", "report"):
        (HERE / f"{half}.jsonl").write_text(written_out(half), encoding="utf-8")


if __name__ == "__main__":
    main()
