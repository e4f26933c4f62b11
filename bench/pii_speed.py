"""How long detection takes: messages of 250 characters, and a megabyte of what is hard beside a megabyte of plain text.

    python bench/pii_speed.py [--json] [--size 1000000] [--rounds 5]

Each message's time is its fastest of several rounds, in processor time, so that other work on the machine counts as
little as can be; the median and the 99th percentile are over messages. The messages are made of the ordinary
sentences below, one in four with an identifier. Of the hard texts the fastest of the rounds counts, too.
"""

import argparse
import json
import platform
import random
from collections.abc import Callable
from time import process_time

from fairgo.privacy.security.detection import detect

SENTENCES = (
    "I was charged twice for the same order last week and nobody has called me back yet.",
    "Can you tell me when the technician is coming, because I need to be at work by nine?",
    "The app keeps logging me out and the page where I change my plan stays blank.",
    "My bill went up by $14.50 this month and I would like to know why that happened.",
    "Thanks for your help the other day, everything works except the second outlet in the kitchen.",
    "We moved house in June and the meter was read on the day that we left.",
    "How much is the delivery to Cairns, and does it come with the cables that are in the picture?",
    "The parcel was left in the rain, so the book on top is wet and I want a new one.",
    "Please cancel the trial before it renews, I do not want to pay for another year.",
    "Is there a discount for pensioners, and do I have to come to the branch for that?",
)
IDENTIFIERS = (
    "My TFN is 123 456 782.",
    "Medicare 2123 45670 1, thanks.",
    "Call me on 0491 570 006.",
    "My e-mail is jo@example.com.",
    "BSB 062-000, account 1234 5678.",
    "I was born on 3 March 1985.",
)
HARD = {
    "digits": "7",
    "digits one by one": "0 4 ",
    "digits in pairs": "04 12 ",
    "digits in nines": "123456789 ",
    "digits in random groups": "",
    "separators": " - . / ( ) ",
    "digits and separators": "1-2.3/4(5)",
    "spoken digits": "oh four one two ",
    "at signs": "@",
    "half addresses": "a@b.",
    "nested quotes": "\"'`“‘",
    "quoted lines": "> > 0412\n",
    "brackets": "([{",
    "sentinels": "‹",
    "half placeholders": "‹TFN·",
    "types": "[TFN] ",
    "zero-width": "1\u200b",
    "base64": "QUtJQVFVdG9r/+ZXk0",
    "names of identifiers": "tfn medicare dob password ",
    "passwords": "password is ",
    "phones": "0491 570 006 ",
    "tax file numbers": "tfn 123456782 ",
}


def seconds(work: Callable[[], object], rounds: int) -> float:
    """The fastest of several rounds, in processor time."""
    best = float("inf")
    for _ in range(rounds):
        start = process_time()
        work()
        best = min(best, process_time() - start)
    return best


def messages(count: int, length: int = 250) -> list[str]:
    """Messages of so many characters, one in four with an identifier; always the same ones."""
    chance = random.Random(5)
    made = []
    for at in range(count):
        parts = [chance.choice(IDENTIFIERS)] if at % 4 == 0 else []
        while sum(map(len, parts)) + len(parts) < length:
            parts.insert(0, chance.choice(SENTENCES))
        chance.shuffle(parts)
        made.append(" ".join(parts)[:length])
    return made


def hard_text(name: str, size: int) -> str:
    """So many characters of what is hard."""
    if name == "digits in random groups":
        chance = random.Random(6)
        groups = (str(chance.randrange(10 ** chance.randrange(1, 12))) for _ in range(size // 4))
        return " ".join(groups)[:size]
    return (HARD[name] * (size // len(HARD[name]) + 1))[:size]


def measure(size: int, rounds: int) -> dict[str, object]:
    """All figures: microseconds per message, nanoseconds per character of each text, and the ratio to plain text."""
    times = sorted(seconds(lambda text=text: detect(text), rounds) for text in messages(800))
    plain_text = " ".join(SENTENCES * (size // 500))[:size]
    plain = seconds(lambda: detect(plain_text), rounds) / size
    texts = {}
    for name in HARD:
        text = hard_text(name, size)
        taken = seconds(lambda text=text: detect(text), max(1, rounds // 2)) / len(text)
        texts[name] = {"ns_per_character": round(taken * 1e9, 1), "ratio": round(taken / plain, 2)}
    return {
        "python": platform.python_version(),
        "messages": {
            "median_us": round(times[len(times) // 2] * 1e6, 1),
            "p99_us": round(times[int(len(times) * 0.99)] * 1e6, 1),
        },
        "plain_ns_per_character": round(plain * 1e9, 1),
        "hard": texts,
        "worst_ratio": max(figures["ratio"] for figures in texts.values()),
    }


def main() -> None:
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("--json", action="store_true")
    reader.add_argument("--size", type=int, default=1_000_000)
    reader.add_argument("--rounds", type=int, default=5)
    how = reader.parse_args()
    figures = measure(how.size, how.rounds)
    if how.json:
        print(json.dumps(figures, indent=2))
        return
    print(f"message of 250 characters: {figures['messages']}")
    print(f"plain text: {figures['plain_ns_per_character']} ns per character")
    for name, text in figures["hard"].items():
        print(f"{text['ratio']:6.2f} x  {text['ns_per_character']:8.1f} ns  {name}")


if __name__ == "__main__":
    main()
