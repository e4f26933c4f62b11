"""tlog-policy files: what one means, and every way to get one wrong, with the line named."""

import contextlib
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgo.ledger.cosignatures import Cosigner
from fairgo.ledger.note import Signer
from fairgo.ledger.trust import BadTrust, Trust, read_trust

LOG = str(Signer("log.example/one", b"l" * 32).verifier)
KEYS = [str(Cosigner(f"witness{n}.example", bytes([n]) * 32).key) for n in range(6)]
X1, X2, X3, Y1, Y2, Y3 = KEYS
EXAMPLE = f"""
# the example of the specification
log {LOG}

witness X1 {X1}
witness X2 {X2} https://x2.example/submit
witness\tX3\t {X3}
group X-witnesses 2 X1 X2 X3

  witness Y1 {Y1}
  witness Y2 {Y2}
witness Y3 {Y3}
\t# a comment
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def read(text: str) -> Trust:
    return read_trust(text.encode())


def test_the_example_means_what_it_says():
    trust = read(EXAMPLE)
    assert [str(log) for log in trust.logs] == [LOG]
    assert trust.witnesses["X2"].url == "https://x2.example/submit"
    assert trust.witnesses["X1"].url == ""
    names = sorted(trust.witnesses)
    for some in chain.from_iterable(combinations(names, n) for n in range(7)):
        enough = sum(name.startswith("X") for name in some) >= 2 and any(n.startswith("Y") for n in some)
        assert trust.satisfied(some) is enough
    keys = [trust.witnesses["Y3"].key, Cosigner("stranger", b"s" * 32).key]
    assert trust.names_of(keys) == {"Y3"}


def test_none_asks_for_nobody_and_a_witness_may_be_the_quorum():
    assert read("quorum none\n").satisfied([])
    assert Trust().satisfied([])
    one = read(f"witness one {X1}\nquorum one")
    assert one.satisfied(["one"])
    assert not one.satisfied(["two"])


@given(st.integers(1, 6), st.sets(st.integers(0, 5)))
def test_k_of_n_counts(least: int, some: set[int]):
    lines = [f"witness w{n} {key}" for n, key in enumerate(KEYS)]
    trust = read("\n".join([*lines, f"group g {least} w0 w1 w2 w3 w4 w5", "quorum g"]))
    assert trust.satisfied([f"w{n}" for n in some]) is (len(some) >= least)


def test_octets_above_ascii_stay_what_they_are():
    latin, kelvin = b"\xe9", "\u212a".encode()
    text = b"witness " + latin + b" " + X1.encode() + b"\nwitness " + kelvin + b" " + X2.encode()
    trust = read_trust(text + b"\nwitness K " + X3.encode() + b"\ngroup g all K " + latin + b"\nquorum g\n")
    assert len(trust.witnesses) == 3
    assert trust.groups["g"].members == ("K", latin.decode("utf-8", "surrogateescape"))


W = f"witness a {X1}\n"
WRONG = [
    ("", "line 1: the policy ends without"),
    (W, "line 2: the policy ends without"),
    ("quorum none\nquorum none\n", "line 2: the policy has a second"),
    ("quorum\n", "line 1: a line of this kind is `quorum"),
    ("quorum none none\n", "line 1: a line of this kind"),
    ("quorum a\n" + W, "line 1: 'a' is neither"),
    ("quora none\n", "line 1: 'quora' is none of log, witness, group, quorum"),
    ("Quorum none\n", "line 1: 'Quorum' is none of"),
    ("log\n", "line 1: a line of this kind is `log"),
    (f"log {LOG} u v\n", "line 1: a line of this kind"),
    (f"log {X1}\n", "line 1: the key of a log must be an Ed25519"),
    (f"log {LOG[:-1]}\n", "line 1: the key of a log"),
    (f"log {LOG}\n\nlog {LOG}\n", "line 3: this log's key stands in the policy twice"),
    (f"witness a {LOG}\n", "line 1: the key of witness 'a' must be"),
    ("witness a\n", "line 1: a line of this kind is `witness"),
    (f"witness none {X1}\n", "line 1: the name 'none' is taken"),
    (W + f"witness a {X2}\n", "line 2: the name 'a' is taken"),
    (W + f"witness b {X1}\n", "line 2: the key of witness 'b' stands in the policy twice"),
    (W + "group a any a\n", "line 2: the name 'a' is taken"),
    (W + "group g any\n", "line 2: a line of this kind is `group"),
    (W + "group g any b\n", "line 2: 'b' is neither a witness nor a group of a line above"),
    (W + "group g any g\n", "line 2: 'g' is neither"),
    (W + "group g any none\n", "line 2: 'none' is neither"),
    (W + "group g any a a\n", "line 2: 'a' is a member of 'g' already"),
    (W + "group g any a\ngroup h any a\n", "line 3: 'a' is a member of 'g' already"),
    (W + "group g 0 a\n", "line 2: the number of a group must be all, any, or from 1 to 1"),
    (W + "group g 2 a\n", "line 2: the number of a group"),
    (W + "group g 01 a\n", "line 2: the number of a group"),
    (W + "group g \u0661 a\n", "line 2: the number of a group"),
    ("quorum none\r\n", "line 1: a control character"),
    ("# \x00\nquorum none\n", "line 1: a control character"),
    ("quorum none\n\x7f", "line 2: a control character"),
    ("\ufeffquorum none\n", "line 1: '\\ufeffquorum' is none of"),
    ("quorum\u00a0none\n", "line 1: 'quorum\\xa0none' is none of"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG, ids=[said for _text, said in WRONG])
def test_a_fault_is_named_with_its_line(text: str, said: str):
    with pytest.raises(BadTrust) as wrong:
        read(text)
    assert str(wrong.value).startswith(said)


def test_a_key_whose_name_is_no_utf_8_is_refused():
    with pytest.raises(BadTrust, match="line 1: the key of a log"):
        read_trust(b"log \xff" + LOG.encode())


def test_depth_is_bounded():
    lines = [W.strip(), "group g0 any a", *(f"group g{n} any g{n - 1}" for n in range(1, 300))]
    with pytest.raises(BadTrust, match="line 258: more than 256"):
        read("\n".join(lines))


@given(st.binary(max_size=200))
def test_whatever_a_file_holds_is_read_or_refused(data: bytes):
    with contextlib.suppress(BadTrust):
        assert read_trust(data).satisfied([]) in {True, False}
