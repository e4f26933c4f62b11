"""Sixty scripted customers of Banksia Mobile: Australians as they type, and what ought to happen to each.

`Customer.expects` is an expectation about the script, held against a run afterwards; see `steps.Expectation`.
"""

import re
from dataclasses import replace

from fairgo.demo.scripts import identifying, leaving, questions
from fairgo.demo.steps import Customer, Expectation, GiveAgain, PressForPerson, Say, Step, Withdraw

__all__ = [
    "CANARIES",
    "CUSTOMERS",
    "LEFTOVER",
    "Customer",
    "Expectation",
    "GiveAgain",
    "PressForPerson",
    "Say",
    "Step",
    "Withdraw",
    "spellings",
]


def spellings(raw: str) -> tuple[str, ...]:
    """An identifier as it was typed and as a program might keep it: digits only, phones with the country code too."""
    if "@" in raw:
        return tuple(dict.fromkeys((raw, raw.lower())))
    digits = re.sub(r"\D", "", raw)
    ways = [raw, digits]
    if re.fullmatch(r"0[2-478]\d{8}", digits):
        ways += ["61" + digits[1:], "+61" + digits[1:]]
    elif re.fullmatch(r"61[2-478]\d{8}", digits):
        ways += ["+" + digits, "0" + digits[2:]]
    return tuple(dict.fromkeys(ways))


# Every second customer streams, so that each reason to come is seen both ways.
CUSTOMERS: tuple[Customer, ...] = tuple(
    replace(customer, streaming=place % 2 == 0)
    for place, customer in enumerate(
        questions.PLAIN
        + questions.NOT_A_WISH
        + questions.FIGURES
        + questions.LEFTOVER_SEEKERS
        + leaving.IN_WORDS
        + leaving.BY_BUTTON
        + leaving.WITHDRAWING
        + leaving.ASKING_IF_HUMAN
        + identifying.GOVERNMENT
        + identifying.CONTACT
    )
)

# Every identifier the customers type, in every spelling: none may reach the assistant or lie readable on disk.
CANARIES: tuple[str, ...] = tuple(
    dict.fromkeys(way for customer in CUSTOMERS for raw in customer.gives for way in spellings(raw))
)

# The other customer's details in the case note that was left on a help page: none may reach a customer.
LEFTOVER: tuple[str, ...] = tuple(
    way for raw in ("dimitri.k@example.net", "0491 570 313", "444 444 447") for way in spellings(raw)
)
