"""Every type of identifier in one table: how it is found, and how it is called in plain words.

A new type is one file in `detectors/`, and here one line.
"""

from fairgo.privacy.security.detectors import card, email
from fairgo.privacy.security.detectors.au import medicare, phone, tfn
from fairgo.privacy.security.numbers import Number

WORDS = {
    email.TYPE: "email address",
    phone.DETECTOR.type: "phone number",
    tfn.DETECTOR.type: "tax file number",
    medicare.DETECTOR.type: "Medicare number",
    card.DETECTOR.type: "card number",
}
NUMBERS: tuple[Number, ...] = (tfn.DETECTOR, medicare.DETECTOR, card.DETECTOR, phone.DETECTOR)
_LENGTHS = {length for number in NUMBERS for lengths in number.lengths.values() for length in lengths}
LONGEST_NUMBER, SHORTEST_NUMBER = max(_LENGTHS), min(_LENGTHS)


def phrase(type_: str) -> str:
    """What a customer reads where an identifier of this type was taken out."""
    return f"[{WORDS.get(type_, 'personal detail')} removed]"
