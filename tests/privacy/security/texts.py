"""Texts for tests: nasty ones, a customer's own values, and a vault that holds them. Every number is made up.

Telephone numbers are from the ranges that the Australian regulator keeps for fiction; the rest are the published
test numbers of each check-digit scheme.
"""

from hypothesis import strategies as st

from fairgo.core.turns import Vault
from fairgo.privacy.security.tokens import token_of

SECRET = b"k" * 32
OWN_TFN = token_of("TFN", "123456782", SECRET)
OWN_PHONE = token_of("PHONE", "+61491570006", SECRET)
OTHERS_EMAIL = token_of("EMAIL", "someone@example.com", SECRET)
VAULT = Vault(
    {OWN_TFN: "123 456 782", OWN_PHONE: "0491 570 006", OTHERS_EMAIL: "someone@example.com"},
    frozenset({OWN_TFN, OWN_PHONE}),
    SECRET,
)

IDENTIFIERS = [
    *("123456782", "123 456 782", "1 2 3 4 5 6 7 8 2", "37118629", "2123 45670 1", "21234567011"),
    *("4111 1111 1111 1111", "4111111111111111", "378282246310005", "0491 570 006", "0491570156"),
    *("(02) 5550 1234", "+61 (0)491 570 157", "+61491570158", "+44 20 7946 0958", "0061491570159"),
    *("jo@example.com", "someone@example.com", "Jo.B+bills@mail.example.com.au", "josé@exämple.com"),
]
SEPARATORS = [
    *(" ", "  ", "     ", "\n", ", ", "; ", ": ", "-", ".", "..", "+", "(", ")", "/", "_", "%", "'"),
    *("\u00a0", "\u200b", "\u200b" * 5, "–", "é", "e\u0301", "中", "@", "@@"),
]
WORDS = [
    *("tfn", "my tfn is ", "tax ", "file ", "number", "medicare", "card no ", "order ", "ref", "order no. "),
    *(
        " is my tfn",
        " is my order",
        " phone ",
        "call me on ",
        "in case ",
        "and then we went",
        "a.b+c",
        ".com",
    ),
    *("TFN", "PHONE", "thetfn"),
]
PLACEHOLDERS = [
    *(OWN_TFN, OWN_PHONE, OTHERS_EMAIL, OWN_TFN[:7], OWN_PHONE[3:], OWN_TFN.lower(), OWN_TFN.upper()),
    *(OWN_TFN[1:-1], f"<{OWN_TFN[1:-1]}>", f"&lsaquo;TFN&middot;{OWN_TFN[5:-1]}&rsaquo;", "‹FOO·abc›"),
    *("‹TFN·", "TFN·", "‹", "›", "·", "&", "<", ">", "&lsaquo;", "&lsa", "&#8249;", "&middot;"),
]
LONG = [
    "a" * 60,
    "b" * 130,
    "7" * 15,
    "8" * 30,
    "ab.cd-" * 30,
    "1 " * 30,
    "１２３４５６７８２",
    "00",
    "9",
    "7" * 30 + "81854402",
]

NASTY = st.lists(st.sampled_from(IDENTIFIERS + SEPARATORS + WORDS + PLACEHOLDERS + LONG), max_size=14).map(
    "".join
)
WITHOUT_PLACEHOLDERS = st.lists(st.sampled_from([*IDENTIFIERS, *SEPARATORS, *WORDS, *LONG]), max_size=10).map(
    "".join
)
ASCII = st.lists(
    st.sampled_from([part for part in (*IDENTIFIERS, *SEPARATORS, *WORDS, *LONG) if part.isascii()]),
    max_size=10,
).map("".join)
