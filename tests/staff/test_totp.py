"""Codes of an app: taken once, for a minute and a half; recovery codes however they are typed."""

from datetime import timedelta

import pyotp
import pytest

from fairgo.core.errors import EvidenceBroken
from fairgo.staff import totp
from tests.ledger.ledgers import KEYS
from tests.staff.signing import NOON

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238, appendix B: "12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")]
)
def test_the_codes_are_those_of_the_standard(seconds, code):
    from datetime import UTC, datetime

    at = datetime.fromtimestamp(seconds, UTC)
    assert totp.accepted_step(SECRET, code, at=at, after=0) == seconds // 30


def test_a_code_is_taken_once_and_an_earlier_one_not_after_it():
    code = pyotp.TOTP(SECRET).at(NOON)
    step = totp.accepted_step(SECRET, code, at=NOON, after=0)
    assert step is not None
    assert totp.accepted_step(SECRET, code, at=NOON, after=step) is None
    before = pyotp.TOTP(SECRET).at(NOON - timedelta(seconds=30))
    assert totp.accepted_step(SECRET, before, at=NOON, after=step) is None


@pytest.mark.parametrize(("off", "fits"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_off_by_one_step(off, fits):
    code = pyotp.TOTP(SECRET).at(NOON + timedelta(seconds=off))
    assert (totp.accepted_step(SECRET, code, at=NOON, after=0) is not None) is fits


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "abcdef", "１２３４５６", "12 34 5", "-12345", "\ud800"]
)
def test_what_is_no_code_is_refused(code):
    assert totp.accepted_step(SECRET, code, at=NOON, after=0) is None


def test_the_secret_is_sealed_and_bound_to_its_member():
    sealed = totp.seal(KEYS, "m1", SECRET)
    assert SECRET.encode() not in sealed
    assert totp.unseal(KEYS, "m1", sealed) == SECRET
    with pytest.raises(EvidenceBroken):
        totp.unseal(KEYS, "m2", sealed)


def test_recovery_codes_are_ten_and_read_however_they_are_typed():
    codes = totp.new_recovery_codes()
    assert len(set(codes)) == 10
    code = codes[0]
    assert totp.recovery_hash(code) == totp.recovery_hash(f" {code.replace('-', ' ').upper()} ")
    assert totp.recovery_hash(code) != totp.recovery_hash(codes[1])
    assert code not in totp.recovery_hash(code)
