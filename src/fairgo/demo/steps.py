"""The values a scripted customer is made of."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Say:
    """The customer types this and sends it."""

    text: str


@dataclass(frozen=True, slots=True)
class PressForPerson:
    """The customer presses "Talk to a person"."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The customer says no to AI answers on their preferences page."""


@dataclass(frozen=True, slots=True)
class GiveAgain:
    """The customer says yes to AI answers again on their preferences page."""


Step = Say | PressForPerson | Withdraw | GiveAgain


@dataclass(frozen=True, slots=True)
class Expectation:
    """What ought to happen to this customer, written by hand from what the script means.

    It is held against a run afterwards. It is never an input: no safeguard, and not the assistant, sees it.

    `model_calls`     how many of the customer's messages the AI may and should answer; every other message
                      comes after the wish for a person or the withdrawal, or is answered by Fairgo itself
    `handed_over`     in the end a person has the conversation: asked for in words, by the button, or needed
                      because something was said after consent was withdrawn
    `withdrawn`       the customer said no to AI at some point, even if yes again later
    `asked_if_human`  the customer asked whether this is a person
    `redacted`        types of the identifiers that the customer types
    `held_back`       types of another person's identifiers that the assistant will try to say
    """

    model_calls: int
    handed_over: bool = False
    withdrawn: bool = False
    asked_if_human: bool = False
    redacted: frozenset[str] = field(default_factory=frozenset)
    held_back: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Customer:
    """A scripted customer: who, through what, in which language, and the steps in order.

    `gives` lists every identifier in the steps, letter by letter as it is typed. None is a real person's:
    phones are from the ranges kept for stories, addresses from example domains, cards are test numbers, and
    tax file and Medicare numbers are published samples or plain patterns whose check digit holds.
    """

    name_id: str
    steps: tuple[Step, ...]
    expects: Expectation
    channel: str = "web"
    locale: str = "en-AU"
    streaming: bool = False
    gives: tuple[str, ...] = ()
