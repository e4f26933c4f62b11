"""Passwords: what can be guessed is refused, whatever letters it has; what is kept says nothing."""

import pytest
from argon2 import PasswordHasher

from fairgo.staff.passwords import LONGEST, SHORTEST, Passwords, guessed_words, is_guessable
from tests.staff.signing import PASSWORD, QUICK

HOUSE = Passwords(["Banksia Mobile", "banksia.example/ledger"], QUICK)


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd2026!",
        "qwertyuiop12",
        "1qaz2wsx3edc4rfv",
        "123456789012",
        "abcabcabcabc",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "Sydney2026Summer!",
        "iloveyou forever",
        "correct horse battery staple",
        "BanksiaMobile2026",
        "B4nksi4 m0bile!!",
        "priya-priya-2026",
        "ｐａｓｓｗｏｒｄ１２３４",  # the same in full-width letters
    ],
)
def test_what_a_stranger_would_try_is_refused(password):
    assert "stranger would try" in HOUSE.complaint(password, about=["Priya Nair"])


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "kx9$Vq2#Lm7w",
        "my dragon eats seven tulips",
        "窗戶電車檸檬合唱團藍色雨傘上午",
        "x" * 3 + "kleinem Vogel am Teich" * 3,
    ],
)
def test_what_is_long_enough_and_seldom_is_taken_without_rules_of_composition(password):
    assert HOUSE.complaint(password) == ""


def test_length_counts_and_at_least_64_letters_are_allowed():
    assert HOUSE.complaint("kx9$Vq2#Lm7"[: SHORTEST - 1]).startswith("Use 12 characters")
    assert HOUSE.complaint("tram window " * 20) == ""
    assert HOUSE.complaint("kx9$Vq2#" * LONGEST).startswith("Use at most 1,024")


def test_every_letter_of_a_long_password_counts():
    long = "tram window lemon choir " * 5
    kept = HOUSE.hashed(long + "a")
    assert HOUSE.fits(kept, long + "a")
    assert not HOUSE.fits(kept, long + "b")
    assert not HOUSE.fits(kept, long)


def test_what_is_kept_is_argon2id_with_the_parameters_of_rfc_9106():
    kept = Passwords().hashed(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in kept


def test_without_an_account_nothing_fits():
    assert not HOUSE.fits(None, "nobody has this password")
    assert not HOUSE.fits("not a hash", PASSWORD)


def test_other_parameters_ask_for_a_new_hash():
    kept = QUICK.hash(PASSWORD)
    assert not HOUSE.is_outdated(kept)
    assert Passwords(hasher=PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)).is_outdated(kept)


def test_the_words_of_the_list_are_there():
    words = guessed_words()
    assert len(words) > 400
    assert min(len(word) for word in words) >= 3
    assert all(is_guessable(word + "2026!") for word in ("password", "dragon", "melbourne"))
