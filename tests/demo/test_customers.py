"""The sixty scripts: enough of every reason to come, expectations that fit, and identifiers that are nobody's."""

import re
from collections import Counter

import pytest

from fairgo.demo.assistant import HUMAN_CLAIM, TALKS_ON, reply
from fairgo.demo.customers import (
    CANARIES,
    CUSTOMERS,
    LEFTOVER,
    Customer,
    GiveAgain,
    PressForPerson,
    Say,
    Withdraw,
    spellings,
)
from fairgo.demo.places import help_pages
from fairgo.demo.retrieval import Shelf
from fairgo.demo.scripts import identifying, leaving, questions

STORY_MOBILES = {"0491570006", "0491570156", "0491570157", "0491570313"}
STORY_LANDLINE = re.compile(r"0[2378](5550|7010)\d{4}")
TEST_CARDS = {"4111111111111111", "5555555555554444"}
NINE = (1, 4, 3, 7, 5, 8, 6, 9, 10)
EIGHT = (10, 7, 8, 4, 6, 3, 5, 1)


def said(customer: Customer) -> list[str]:
    return [step.text for step in customer.steps if isinstance(step, Say)]


def is_tax_file_number(digits: str) -> bool:
    weights = {8: EIGHT, 9: NINE}.get(len(digits), ())
    return bool(weights) and sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11 == 0


def is_medicare(digits: str) -> bool:
    weights = (1, 3, 7, 9, 1, 3, 7, 9)
    if len(digits) not in {10, 11} or digits[0] not in "23456":
        return False
    return sum(int(d) * w for d, w in zip(digits, weights, strict=False)) % 10 == int(digits[8])


def is_card(digits: str) -> bool:
    doubled = [int(d) * (1 + place % 2) for place, d in enumerate(reversed(digits))]
    return 13 <= len(digits) <= 19 and sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def kind(raw: str) -> str:
    """What an identifier of the scripts is, worked out from its form and check digit alone."""
    if "@" in raw:
        return "EMAIL"
    digits = re.sub(r"\D", "", raw)
    if re.fullmatch(r"(0|61)[2-478]\d{8}", digits):
        return "PHONE"
    for name, fits in (("TFN", is_tax_file_number), ("MEDICARE", is_medicare), ("CARD", is_card)):
        if fits(digits):
            return name
    return "nothing"


def test_the_check_digits_are_checked():
    assert is_tax_file_number("123456782")
    assert is_tax_file_number("81854402")
    assert not is_tax_file_number("123456789")
    assert is_medicare("2123456701")
    assert not is_medicare("2123456711")
    assert is_card("4242424242424242")
    assert not is_card("4242424242424241")


def test_sixty_customers_half_of_them_streaming():
    assert len(CUSTOMERS) == 60
    assert len({customer.name_id for customer in CUSTOMERS}) == 60
    assert sum(customer.streaming for customer in CUSTOMERS) == 30
    assert all(2 <= len(customer.steps) <= 5 for customer in CUSTOMERS)
    assert {customer.channel for customer in CUSTOMERS} == {"web", "app", "sms"}


def test_enough_of_every_reason_to_come():
    expects = [customer.expects for customer in CUSTOMERS]
    pressed = [c for c in CUSTOMERS if any(isinstance(step, PressForPerson) for step in c.steps)]
    asked = [e for e in expects if e.handed_over and not e.withdrawn]
    redacted = Counter(name for e in expects for name in e.redacted)
    assert len(pressed) == 2
    assert len(asked) - len(pressed) >= 10
    assert redacted["TFN"] >= 4
    assert redacted["MEDICARE"] >= 4
    assert sum(bool(e.redacted & {"TFN", "MEDICARE"}) for e in expects) >= 8
    assert sum(bool(e.redacted & {"PHONE", "EMAIL", "CARD"}) for e in expects) >= 6
    assert {"PHONE", "EMAIL", "CARD"} <= set(redacted)
    assert sum(e.withdrawn and e.handed_over for e in expects) == 5
    assert sum(e.asked_if_human for e in expects) == 5
    assert sum(bool(e.held_back) for e in expects) == 2
    assert Counter(c.locale for c in CUSTOMERS) == {"en-AU": 54, "vi": 2, "zh": 2, "ar": 2}


def test_nobody_asks_in_the_words_of_another():
    wishes = [said(customer)[customer.expects.model_calls] for customer in leaving.IN_WORDS]
    asked = [
        next(text for text in said(c) if re.search("human|bot|person", text)) for c in leaving.ASKING_IF_HUMAN
    ]
    assert len(set(wishes)) == len(leaving.IN_WORDS)
    assert len(set(asked)) == len(leaving.ASKING_IF_HUMAN)


def test_a_customer_who_stays_is_answered_every_time():
    for customer in CUSTOMERS:
        expects = customer.expects
        if not expects.handed_over:
            assert expects.model_calls == len(said(customer)) - expects.asked_if_human, customer.name_id


def test_a_customer_who_leaves_says_something_after_it():
    for customer in CUSTOMERS:
        if customer.expects.handed_over:
            assert customer.expects.model_calls < len(said(customer)), customer.name_id


def test_expectations_of_a_withdrawal_fit_the_steps():
    for customer in CUSTOMERS:
        places = [i for i, step in enumerate(customer.steps) if isinstance(step, Withdraw)]
        assert bool(places) == customer.expects.withdrawn, customer.name_id
        if not places:
            continue
        before = [step for step in customer.steps[: places[0]] if isinstance(step, Say)]
        back = any(isinstance(step, GiveAgain) for step in customer.steps)
        assert before, "in mid-conversation"
        assert isinstance(customer.steps[-1], Say)
        assert customer.expects.handed_over is not back
        assert customer.expects.model_calls == (len(said(customer)) if back else len(before))


def test_what_is_given_is_typed_and_what_is_typed_is_listed():
    figures = {customer.name_id for customer in questions.FIGURES}
    for customer in CUSTOMERS:
        text = "\n".join(said(customer))
        assert all(raw in text for raw in customer.gives), customer.name_id
        assert {kind(raw) for raw in customer.gives} == customer.expects.redacted, customer.name_id
        for raw in customer.gives:
            text = text.replace(raw, "")
        assert "@" not in text, customer.name_id
        assert customer.name_id in figures or not re.search(r"\d(?:[ -]?\d){7,}", text), customer.name_id


def test_no_identifier_is_a_real_persons():
    for raw in (raw for customer in CUSTOMERS for raw in customer.gives):
        digits = re.sub(r"\D", "", raw)
        match kind(raw):
            case "EMAIL":
                assert raw.endswith(("@example.com", ".example"))
            case "PHONE":
                national = re.sub(r"^61", "0", digits)
                assert national in STORY_MOBILES or STORY_LANDLINE.fullmatch(national)
            case "CARD":
                assert digits in TEST_CARDS
            case other:
                assert other in {"TFN", "MEDICARE"}


def test_the_canaries_are_every_spelling_of_everything_given():
    assert {"123 456 782", "123456782", "+61491570006", "61491570006", "karla.m+bills@example.com"} <= set(
        CANARIES
    )
    assert all(way in CANARIES for customer in CUSTOMERS for raw in customer.gives for way in spellings(raw))
    assert all(len(way) >= 8 for way in CANARIES)
    assert not set(CANARIES) & set(LEFTOVER)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("+61 491 570 156", ("+61 491 570 156", "61491570156", "+61491570156", "0491570156")),
        ("(03) 5550 1234", ("(03) 5550 1234", "0355501234", "61355501234", "+61355501234")),
        ("123 456 782", ("123 456 782", "123456782")),
        ("A.B@Example.com", ("A.B@Example.com", "a.b@example.com")),
    ],
)
def test_spellings(raw: str, expected: tuple[str, ...]):
    assert spellings(raw) == expected


def test_figures_look_like_identifiers_and_are_not():
    text = "\n".join(line for customer in questions.FIGURES for line in said(customer))
    assert any(is_tax_file_number(number) for number in re.findall(r"\d{9}", text))
    assert all(not customer.gives for customer in questions.FIGURES)


def test_only_the_seekers_fetch_the_case_note():
    shelf = Shelf.read(help_pages())
    for customer in CUSTOMERS:
        texts = said(customer)[: customer.expects.model_calls]
        answers = "\n".join(reply(shelf, texts[:turn]) for turn in range(1, len(texts) + 1))
        fetched = [way for way in LEFTOVER if way in answers]
        assert bool(fetched) == bool(customer.expects.held_back), customer.name_id
        assert {kind(way) for way in fetched} == customer.expects.held_back


def test_the_assistant_does_not_do_fairgos_work():
    shelf = Shelf.read(help_pages())
    answers = {reply(shelf, [text]) for customer in CUSTOMERS for text in said(customer)}
    assert {HUMAN_CLAIM, TALKS_ON} <= answers


def test_most_of_what_the_ai_is_asked_has_an_answer():
    shelf = Shelf.read(help_pages())
    answered = []
    for customer in CUSTOMERS:
        if customer.expects.asked_if_human:
            continue
        texts = said(customer)[: customer.expects.model_calls]
        answered += ["found nothing" not in reply(shelf, texts[:turn]) for turn in range(1, len(texts) + 1)]
    assert sum(answered) / len(answered) > 0.85


def test_groups_hold_what_their_names_say():
    assert all(customer.gives for customer in identifying.GOVERNMENT + identifying.CONTACT)
    assert not any(c.expects.handed_over for c in questions.NOT_A_WISH + questions.FIGURES + questions.PLAIN)
