"""Fairgo beside presidio-analyzer, scrubadub and datafog on the published Australian set.

    python bench/pii/run.py [--peers PYTHON] [--split report] [--json FILE] [--write]

Each tool runs in a process of its own, on one core, with the network shut; they take turns. The peers are found by the Python given with
--peers (README.md says how to make one); without it Fairgo runs alone. Quality is measured on the messages of the split;
speed on texts of about 250 characters put together from them. --write puts the tables into README.md.
"""

import argparse
import contextlib
import datetime as dt
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

from bench.pii.corpus import HALVES, TYPES, Record, read_records  # noqa: E402 - found through the line above
from bench.pii.scoring import Score, Tally, asked_of, score  # noqa: E402
from bench.pii.tools import TOOLS  # noqa: E402

LENGTH = 250
TIMED = 300
ROUNDS = 3
OPENS, CLOSES = "<!-- results -->", "<!-- end of results -->"
COLUMNS = (
    "tool",
    "leak recall, structured",
    "leak recall, PERSON and ADDRESS",
    "typed precision",
    "typed recall",
    "typed F1",
    "F1 of its own types",
    "false positives per 100 negatives",
    "µs median",
    "µs p99",
    "MB",
)


def timed_texts(records: tuple[Record, ...]) -> list[str]:
    """Texts of 225 to 275 characters: messages one after the other, as a conversation has them."""
    texts, text = [], ""
    for record in records:
        text = f"{text}\n{record.text}" if text else record.text
        if len(text) >= 0.9 * LENGTH:
            texts.append(text[: round(1.1 * LENGTH)])
            text = ""
    return texts[:TIMED]


class Worker:
    """A tool at work in a process of its own."""

    def __init__(self, python: str, tool: str) -> None:
        core = max(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
        one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
        self.tool = tool
        self.process = subprocess.Popen(
            [python, "-W", "ignore", str(HERE / "worker.py"), tool, str(core)],
            env={**os.environ, **one_thread},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **request: Any) -> dict[str, Any]:
        """The answer to one request; while it works, every other worker waits."""
        out, back = self.process.stdin, self.process.stdout
        if not out or not back:
            raise SystemExit(f"{self.tool} cannot be spoken to")
        with contextlib.suppress(BrokenPipeError):
            out.write(json.dumps(request) + "\n")
            out.flush()
        line = back.readline()
        if not line:
            raise SystemExit(f"{self.tool} did not run: what it said stands above")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        self.process.communicate()


def measured(
    pythons: dict[str, str], records: tuple[Record, ...], seconds: float
) -> dict[str, dict[str, Any]]:
    """What each tool finds, and its times; the tools take turns, so a busy machine is busy for all of them."""
    workers = {tool: Worker(python, tool) for tool, python in pythons.items()}
    texts, timed = [asked_of(record) for record in records], timed_texts(records)
    answers = {tool: worker.ask(texts=texts) for tool, worker in workers.items()}
    rounds = [
        {tool: worker.ask(timed=timed, seconds=seconds / ROUNDS) for tool, worker in workers.items()}
        for _ in range(ROUNDS)
    ]
    for tool, worker in workers.items():
        turns = [answer[tool] for answer in rounds]
        answers[tool]["times"] = [
            statistics.median(tries) for tries in zip(*(turn["times"] for turn in turns), strict=True)
        ]
        answers[tool]["megabytes"] = turns[-1]["megabytes"]
        worker.close()
    return answers


def figures(records: tuple[Record, ...], answer: dict[str, Any]) -> dict[str, Any]:
    """The figures of one tool as they are published."""
    result = score(records, answer["spans"])
    taken = answer["times"]
    return {
        "version": answer["version"],
        "leak_recall": {
            "structured": result.structured.leak_recall,
            "person_address": result.named.leak_recall,
            "all": result.everything.leak_recall,
        },
        "typed": shown(result.everything),
        "typed_of_its_own_types": shown(result.together(claimed(result))),
        "false_positives_per_100_negatives": result.false_per_hundred,
        "false_positives": dict(result.by_alarm.most_common()),
        "types": {
            name: {"labels": t.labels, "leak_recall": t.leak_recall, **shown(t)}
            for name in TYPES
            for t in (result.types[name],)
        },
        "microseconds": {"median": statistics.median(taken), "p99": statistics.quantiles(taken, n=100)[98]},
        "megabytes": answer["megabytes"],
    }


def shown(tally: Tally) -> dict[str, float]:
    return {"precision": tally.precision, "recall": tally.recall, "f1": tally.f1}


def claimed(result: Score) -> list[str]:
    """The types a tool found at least once: what it can do at all."""
    return [name for name in TYPES if result.types[name].right]


def table(results: dict[str, dict[str, Any]]) -> str:
    """The comparison as Markdown."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|---" * len(COLUMNS) + "|"]
    for tool, row in results.items():
        leak, typed, fast = row["leak_recall"], row["typed"], row["microseconds"]
        cells = [leak["structured"], leak["person_address"], typed["precision"], typed["recall"], typed["f1"]]
        cells.append(row["typed_of_its_own_types"]["f1"])
        numbers = [f"{cell:.3f}" for cell in cells]
        numbers.append(f"{row['false_positives_per_100_negatives']:.1f}")
        numbers += [f"{fast['median']:,.0f}", f"{fast['p99']:,.0f}", f"{row['megabytes']:.0f}"]
        lines.append(f"| {tool} {row['version']} | " + " | ".join(numbers) + " |")
    return "\n".join(lines)


def type_table(results: dict[str, dict[str, Any]]) -> str:
    """Leak recall and typed F1 of each type, tool beside tool."""
    lines = ["| type | labels | " + " | ".join(results) + " |", "|---" * (2 + len(results)) + "|"]
    for name in TYPES:
        rows = [row["types"][name] for row in results.values()]
        cells = [f"{row['leak_recall']:.2f} / {row['f1']:.2f}" for row in rows]
        lines.append(f"| {name} | {rows[0]['labels']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def report(split: str, records: tuple[Record, ...], results: dict[str, dict[str, Any]]) -> str:
    """What a run has shown, as Markdown."""
    negatives = sum(not record.spans for record in records)
    identifiers = sum(len(record.spans) for record in records)
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    held = f"{len(records)} messages, {negatives} of them with nothing to find, {identifiers} identifiers"
    parts = [f"Measured on {today}, on the {split} half: {held}.", table(results)]
    ours = results["fairgo"]["microseconds"]["median"]
    ratios = [
        f"{tool} {row['microseconds']['median'] / ours:,.1f} times"
        for tool, row in results.items()
        if tool != "fairgo"
    ]
    if ratios:
        parts.append(f"Median time beside Fairgo's, in the same run: {', '.join(ratios)}.")
    return "\n\n".join([*parts, "Leak recall / typed F1 by type:", type_table(results)])


def write_results(text: str) -> None:
    """The tables of README.md in place of those of the run before."""
    page = HERE / "README.md"
    before, rest = page.read_text(encoding="utf-8").split(OPENS, 1)
    after = rest.split(CLOSES, 1)[1]
    page.write_text(f"{before}{OPENS}\n{text}\n{CLOSES}{after}", encoding="utf-8")


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--peers", help="the Python that has presidio-analyzer, scrubadub and datafog")
    options.add_argument("--split", choices=HALVES, default="report")
    options.add_argument("--json", type=Path, help="also write every figure to this file")
    options.add_argument("--write", action="store_true", help="also write the tables into README.md")
    options.add_argument("--seconds", type=float, default=9, help="how long each tool is timed in all")
    asked = options.parse_args()
    records = read_records(asked.split)
    pythons = {tool: asked.peers for tool in TOOLS if asked.peers} | {"fairgo": sys.executable}
    answers = measured(pythons, records, asked.seconds)
    results = {tool: figures(records, answers[tool]) for tool in TOOLS if tool in answers}
    shown_text = report(asked.split, records, results)
    print(shown_text)
    if asked.write:
        write_results(shown_text)
    if asked.json:
        asked.json.write_text(json.dumps({"split": asked.split, "tools": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
