"""One tool in a process of its own, which reads requests and writes answers as JSON, a line each. Started by run.py."""

import contextlib
import importlib.metadata
import json
import os
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.pii.tools import PACKAGES, Detect, set_up, shut_network


def peak_megabytes() -> float:
    """The most memory this process has held; not a number where the system does not say."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else float("nan")


def times(detect: Detect, texts: list[str], seconds: float) -> list[float]:
    """Microseconds of processor time for each text: the middle one of as many tries as the time allows.

    On a quiet machine this is the time that passes; on a busy one, what others do with the core does not count.
    """
    tries: list[list[float]] = [[] for _ in texts]
    started = time.perf_counter()
    while not tries[0] or (time.perf_counter() - started < seconds and len(tries[0]) < 25):
        for mine, text in zip(tries, texts, strict=True):
            start = time.process_time_ns()
            detect(text)
            mine.append((time.process_time_ns() - start) / 1000)
    return [sorted(mine)[len(mine) // 2] for mine in tries]


def main() -> None:
    """Answers each line of requests with a line: first the spans of all texts, then times, as often as asked."""
    name, core = sys.argv[1:3]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {int(core)})
    shut_network()
    detect = set_up(name)
    for line in sys.stdin:
        asked = json.loads(line)
        with contextlib.redirect_stdout(sys.stderr):
            if "texts" in asked:
                answer: dict[str, object] = {"spans": [detect(text) for text in asked["texts"]]}
            else:
                answer = {"times": times(detect, asked["timed"], asked["seconds"])}
        version = importlib.metadata.version(PACKAGES[name])
        print(json.dumps({**answer, "version": version, "megabytes": peak_megabytes()}), flush=True)


if __name__ == "__main__":
    main()
