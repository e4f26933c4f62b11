"""Keys and tokens of machines, by their shapes: cloud and payment keys, JSON Web Tokens, PEM private keys."""

import re
from collections.abc import Iterator

from fairgo.privacy.security.detector import CODE, END, FENCE, OPEN, Candidate, View, Words

LONGEST_KEY = 1536
_KEY_SIGNS = (
    *(
        "akia",
        "asia",
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "github_pat_",
        "glpat-",
        "sk-",
        "sk_",
        "pk_",
        "rk_",
        "xox",
    ),
    *(
        "aiza",
        "eyj",
        "-----begin",
        "bearer ",
        "basic ",
        "npm_",
        "pypi-",
        "sg.",
        "ya29.",
        "hf_",
        "dop_v1_",
        "whsec_",
    ),
)
_KEY = re.compile(
    rf"{CODE}(?:"
    rf"(?:akia|asia)[a-z\d]{{16}}{END}"
    r"|gh[pousr]_[a-z\d]{20,255}|github_pat_\w{20,255}|glpat-[\w\-]{18,128}|xox[abeoprs]-[\w\-]{10,255}"
    r"|(?:sk|pk|rk)[-_](?:(?:live|test|proj|ant|or)[-_])?(?=[\w\-]*\d)[\w\-]{16,255}"
    r"|aiza[\w\-]{30,48}|npm_[a-z\d]{30,48}|pypi-[\w\-]{16,255}|hf_[a-z\d]{20,64}|dop_v1_[a-f\d]{32,80}"
    r"|whsec_[\w+/=]{16,128}|sg\.[\w\-]{16,64}\.[\w\-]{16,128}|ya29\.[\w\-]{20,255}"
    rf"|eyj[\w\-]{{8,256}}\.[\w\-]{{4,{LONGEST_KEY}}}(?:\.[\w\-]{{0,512}})?"
    r")"
    rf"|-----begin [a-z ]{{0,32}}(?:private|secret) key[a-z ]{{0,16}}-----[^{FENCE}]{{0,{LONGEST_KEY}}}?-----end [a-z ]{{0,48}}-----"
    r"|(?<=\bbasic )(?=[a-z+/]*\d)[\w+/]{16,512}={0,2}|(?<=\bbearer )[\w\-.=+/~]{16,1024}"
)
_PEM_BEGUN = re.compile(rf"-----begin [^{FENCE}]{{0,{LONGEST_KEY}}}\Z")
_LAST_STRETCH = re.compile(r"\S{1,64}\Z")
_DIGIT = re.compile(r"\d")


def find(view: View) -> Iterator[Candidate]:
    """Everything with the shape of a key; all have digits, but for what stands between PEM lines."""
    text = view.text
    if not _DIGIT.search(text, view.begin) and "-----" not in text:
        return
    if not any(sign in text for sign in _KEY_SIGNS):
        return
    for found in _KEY.finditer(text, view.begin):
        open_ = not view.final and found.end() >= len(text) - 1
        yield Candidate(found.start(), OPEN if open_ else found.end(), 0.99)
    begun = None if view.final else _PEM_BEGUN.search(text, view.begin)
    if begun:
        yield Candidate(begun.start(), OPEN)


DETECTOR = Words(type="SECRET", name="key or token", find=find)
