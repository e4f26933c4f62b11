"""Sums over digits, for the check digits of identifiers."""

from collections.abc import Sequence
from operator import mul

_VALUES = bytes.maketrans(b"0123456789", bytes(range(10)))
_DOUBLED = bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)).ljust(256)


def values(given: str) -> bytes:
    """The digits 0 to 9 as numbers."""
    return given.encode().translate(_VALUES)


def weighted(given: str, weights: Sequence[int]) -> int:
    """The sum of the digits, each times its weight."""
    return sum(map(mul, values(given), weights))


def luhn(given: str) -> bool:
    """True when the last of a row of digits is its check digit after Luhn (ISO/IEC 7812-1 annex B)."""
    numbers = values(given)
    return (sum(numbers[-1::-2]) + sum(numbers[-2::-2].translate(_DOUBLED))) % 10 == 0


def groups(value: str) -> tuple[int, ...]:
    """How many digits stand together: (4, 3, 3) for 0491 570 006."""
    return tuple(len(part) for part in "".join(c if c.isdigit() else " " for c in value).split())


def has_digits(value: str) -> bool:
    """True when at least three signs are digits: words are no codes."""
    return sum(sign.isdigit() for sign in value) >= 3


def is_code(value: str) -> bool:
    """True for letters and digits together, at least two of them digits."""
    digits = sum(sign.isdigit() for sign in value)
    return 2 <= digits < len(value) and value.isascii()


def iban(value: str) -> bool:
    """True when the check digits of an international bank account number are right (ISO 13616, mod 97)."""
    given = "".join(value.split()).upper()
    if not 15 <= len(given) <= 34 or not given.isascii():
        return False
    return int("".join(str(int(sign, 36)) for sign in given[4:] + given[:4])) % 97 == 1
