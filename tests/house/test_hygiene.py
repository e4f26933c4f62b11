"""What is published holds no secret, no trace of the machine it was written on, and no address of a package index."""

import re

import pytest

from tests.house.tree import ROOT, all_files, files, place, read

TRACES = {
    "a path of one machine": re.compile(
        r"(?<![\w.~*}/-])/(?:root|work|home/\w+|Users/\w+)/|/opt/(?:wheels|pypi)"
    ),
    "a package index": re.compile(
        r"pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org|archive\.ubuntu\.com|crates\.io/api"
    ),
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/]"),
    "a live credential": re.compile(r"\b(?:AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}|sk-[A-Za-z0-9]{40,})\b"),
}
SETS_UP = (
    "Makefile",
    "constraints.txt",
    ".ci/run",
    "tools/setup.py",
    "tools/environment.py",
    "tools/pips.py",
)


@pytest.mark.parametrize("trace", TRACES)
def test_no_file_holds(trace: str):
    assert not [place(path) for path in all_files() if TRACES[trace].search(read(path))]


@pytest.mark.parametrize(
    ("trace", "text"),
    [
        ("a path of one machine", "see /" + "root/notes.txt"),
        ("a path of one machine", 'open("/' + 'home/ada/notes")'),
        ("a package index", "https://" + "pypi" + ".org/simple"),
        ("a private key", "-----BEGIN EC " + "PRIVATE KEY-----\nMHc"),
        ("a live credential", "AK" + "IA" + "A" * 16),
    ],
)
def test_a_trace_is_seen(trace: str, text: str):
    assert TRACES[trace].search(text)


@pytest.mark.parametrize(
    "text", ["/console/" + "work/", "network/root/x", "the root/" + "work split", "{base}/home/a/"]
)
def test_an_ordinary_path_passes(text: str):
    assert not TRACES["a path of one machine"].search(text)


@pytest.mark.parametrize("name", SETS_UP)
def test_set_up_names_no_address(name: str):
    # Where packages come from is the machine's business: pip's configuration decides.
    assert not re.search(r"(?i)\b(?:https?|ftp)://\w", read(ROOT / name))


def test_every_version_is_pinned():
    lines = [line.partition("#")[0].strip() for line in read(ROOT / "constraints.txt").splitlines()]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line) for line in lines if line)


def test_the_tree_was_really_looked_at():
    seen = {place(path) for path in files(".py")}
    assert {"tests/house/tree.py", "src/fairgo/core/article.py"} <= seen
