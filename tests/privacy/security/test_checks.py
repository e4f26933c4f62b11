"""Check digits: published vectors pass, and most wrong digits do not."""

from collections.abc import Callable

import pytest

from fairgo.privacy.security.checks import groups, iban, luhn
from fairgo.privacy.security.detectors.au import abn, acn, nmi, usi


@pytest.mark.parametrize(
    ("check", "value"),
    [
        *((abn.check, value) for value in ("51824753556", "83914571673", "51 824 753 556")),
        *((acn.check, value) for value in ("004085616", "010499966", "000000180")),
        *((nmi.check, value) for value in ("41234567896", "20019857328", "QAAAVZZZZZ3", "4123456789")),
        (usi.check, "bngh7c75fn"),
        *((luhn, value) for value in ("8003608833357361", "8003608166690503", "4111111111111111")),
        *((iban, value) for value in ("GB29 NWBK 6016 1331 9268 19", "de89370400440532013000")),
    ],
)
def test_published_vectors_pass(check: Callable[[str], bool], value: str) -> None:
    assert check(value)


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (abn.check, "51824753557"),
        (abn.check, "01824753556"),
        (acn.check, "004085617"),
        (nmi.check, "41234567895"),
        (usi.check, "bngh7c75fm"),
        (usi.check, "bngh7c75f1"),
        (luhn, "8003608833357362"),
        (iban, "GB28 NWBK 6016 1331 9268 19"),
    ],
)
def test_a_wrong_sign_fails(check: Callable[[str], bool], value: str) -> None:
    assert not check(value)


def test_groups_are_counted() -> None:
    assert groups("0491 570-006") == (4, 3, 3)
