"""E-mail addresses: what is one, where it ends, and that a very long one cannot slip past."""

import pytest

from fairgo.privacy.security import detect


def found(text: str) -> list[str]:
    return [text[s.start : s.end] for s in detect(text) if s.type == "EMAIL"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to jo@example.com.", ["jo@example.com"]),
        ("jo@example.com, or sam@example.org?", ["jo@example.com", "sam@example.org"]),
        ("jo.citizen+bills@mail.example.com.au", ["jo.citizen+bills@mail.example.com.au"]),
        ("(JO@EXAMPLE.COM)", ["JO@EXAMPLE.COM"]),
        ("mailto:jo_b%x@example.com", ["jo_b%x@example.com"]),
        ("'jo'@example.com", ["jo'@example.com"]),
        ("josé@exämple.com", ["josé@exämple.com"]),
        ("jose\u0301@example.com", ["jose\u0301@example.com"]),
        ("jo\u200b@example.com", ["jo\u200b@example.com"]),
        ("李雷@例子.中国", ["李雷@例子.中国"]),
        ("a@xn--fsqu00a.xn--0zwm56d", ["a@xn--fsqu00a.xn--0zwm56d"]),
        ("jo@ex.com-foo@bar.com", ["jo@ex.com", "foo@bar.com"]),
        ("0491570006@example.com", ["0491570006@example.com"]),
        ("jo@example.com0491570006", ["jo@example.com"]),
    ],
)
def test_found(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "jo@localhost",
        "@example.com",
        "jo@",
        "jo@.com",
        "jo@example.5",
        "a @ b",
        "look at example dot com",
        "pkg@1.2.3",
        "1@2",
        "jo@x.c",
    ],
)
def test_not_found(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("length", [76, 127, 128])
def test_f4_a_long_local_part_is_found_whole(length: int) -> None:
    address = "m" * length + "@example.com"
    assert found(f"e-mail {address} today") == [address]


def test_f4_of_a_local_part_beyond_all_limits_the_usable_end_is_found() -> None:
    assert found("n" * 500 + "@example.com") == ["n" * 128 + "@example.com"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my email is jane dot doe at example dot com thanks", "jane dot doe at example dot com"),
        ("email me at jane [at] example [dot] com", "jane [at] example [dot] com"),
        ("jane underscore doe at gmail dot com is mine", "jane underscore doe at gmail dot com"),
        ("jane.doe@ example.com", "jane.doe@ example.com"),
        ("jane_doe AT gmail.com", "jane_doe AT gmail.com"),
        ("meet me at the dot com bar", None),
        ("you can look at woolworths dot com dot au", None),
    ],
)
def test_spelled_out(text: str, expected: str | None) -> None:
    assert found(text) == ([expected] if expected else [])
