"""People's names: after words that introduce one, in signatures and forms, and those of the lists next to each other.

Letter case says nothing, since customers type in any. What decides is the words around: where a name must stand
("my name is …") anything that is no ordinary word is one; elsewhere it must be in the lists or look like a name; and
names that are also ordinary words ("Grace", "Mark") need a neighbour that settles it.
"""

import re
from collections.abc import Iterator

from fairgo.privacy.security.detector import Candidate, View, Words
from fairgo.privacy.security.grammar import Fit, Grammar
from fairgo.privacy.security.lexicon import lexicon, plain
from fairgo.privacy.security.scripts import names_in_han
from fairgo.privacy.security.wording import holds_no_name, roles, sign_of


def _after(cues: str) -> str:
    """A pattern for what stands directly before a name, as signs. The name of a thing is none: "the plan's name is"."""
    own = (
        f"(?<={cue})(?<!O{cue})(?<!OZ{cue})" if cue.startswith("N") else f"(?<={cue})" for cue in cues.split()
    )
    return "(?:" + "|".join(own) + ")"


# Parts of names. Each pattern is a row of signs; their legend stands in lexicons/people.txt.
_ANY = "[GFBugfbmvxo]"
_PART = r"(?:p{0,3}[GFBugfbv]|i\.|i(?=[GFBugfbvip.,;:!?)\"\n]|\Z)|J(?=[GFBgb]))"
_MORE = rf"(?:{_PART}){{0,4}}(?:(?<=[GB])[xo]|(?<=[GB]i)[xo]|(?<=[GB]i\.)[xo]|(?<=u)x)?"
_MANY = rf"(?:(?:{_PART})|[xo](?=[.,;!?)\"\nnkrGFB-]|\Z)|(?<=[GB])[xo]){{0,4}}"
_INITIALS = r"(?:i\.?(?:n(?=i))?){0,3}"
# What follows a name: the end of a clause, or a word that goes on after one; or a word that makes it a place.
_ENDS = r"(?=[.,;:!?)\"\n}>|-]|\Z)"
_GOES_ON = r"(?=[.,;:!?)\"\n}>|zLnkrS-]|\Z)"
_BELONGS = r"(?=Z[PKhLjzVkSMNaHDn9.,;:!?)\n]|Z\Z)"
_NO_PLACE = r"(?!(?:p{0,3}[GFBgfbvuxo]Z?){1,4}[jO])"
_LABELS = (
    r'N":" N":\[" N": N=" N> N\'= N[:=~-] Nw[:=~-] Nww[:=~-] Nwww[:=~-] NP: NPw: NPr: N:\n N\n N; N;; N;;; N:;; N:; N;: N:- N-> '
    r'N;;: [$]":" [$]=" [$][:=>] [$]N;'
)

_ASKED = " ".join(rf"N{'[a-zA-Z%]' * count}{mark}\n" for count in range(5) for mark in ("[?.]", ""))

_INTRODUCED = (
    # "my name is …", "name: …", "je m'appelle …": anything that is no ordinary word
    (
        0.97,
        _after(f"NS NZ NSS NwS NkS NPS NMS NwwS NzS NS[*] NZ[*] C CS CJS NJS {_LABELS} {_ASKED}")
        + rf"(?:{_INITIALS}p{{0,3}}{_ANY}{_MANY}|M(?=p?[GFBgfb]){_MORE}|i{_ENDS})",
    ),
    # "my surname is spelt …"
    (0.9, _after("NSz NZz") + r"[GFBux]"),
    # "name …", "surname …", without a word between
    (
        0.9,
        _after("N Np NJ")
        + rf"(?:{_INITIALS}p{{0,3}}[GFBu]{_MORE}|i\.?{_INITIALS}[xo]"
        + rf"|[gb](?=[.,;\n9nGFBugfbp]|\Z){_MORE}|x(?=[.,;\n9n]|\Z))",
    ),
    # the same in other scripts, where "I am" needs a name of the lists after it; and two names of the lists there
    (0.9, _after("NS N C N: NJ CS") + r"[Xc]{1,3}"),
    (0.9, _after("JS I J") + r"X[Xc]{0,2}"),
    (0.8, r"X{2,3}"),
    # "Mr …", but not "20 ms"; "Dr …" but not "Smith Dr"; "Miss …"
    (0.96, rf"(?<!9)(?:T\.?n)?T\.?{_INITIALS}p{{0,3}}{_ANY}{_MORE}(?!Zw)"),
    (0.95, rf"(?<![GFBugfbxv])Q\.?{_INITIALS}p{{0,3}}[GFBugfbx]{_MORE}(?!Zw)"),
    (0.85, rf"Y[GFBu]{_MORE}"),
    # "I'm …", "this is …": a sure name; a likely one or one with a second meaning only where it ends well
    (
        0.93,
        _after("I JA tS tZ JS tSJ I[*] JA[*] tS[*]")
        + rf"(?:{_INITIALS}p{{0,3}}[GFB]{_MORE}|u(?:{_PART})+|[gbfmv]p{{0,3}}[GFBu]{_MORE}"
        + rf"|[ugb]{_MORE}{_GOES_ON}|[gb](?:{_PART}){{2,4}}|[gbm][fbv]{_GOES_ON}|x[GFBu]{_MORE}"
        + rf"|[xvmo](?=k)|x(?=r)|j[GB]{_MORE})",
    ),
    # "it's …", "that is …": names with a second meaning only before "here" or "from"
    (
        0.9,
        _after("e eS lS lZ e[*] lZ[*]")
        + rf"(?:{_INITIALS}p{{0,3}}[GFB]{_MORE}|u(?:{_PART})*{_GOES_ON}|[gbfmv]p{{0,3}}[GFBu]{_MORE}|[gbxvmo](?=[kr])"
        + r"|[gb][fb](?=[kr,.\n]|\Z)|[gb](?=z))",
    ),
    # "my husband …", "my lawyer, …"; "the driver …"
    (
        0.92,
        _after("K K, K: KND") + rf"(?:Y?[GFBu]{_MORE}|[gb](?!w){_MORE}|[xo][GFBu]{_MORE}|x[xo]?{_GOES_ON})",
    ),
    (0.9, _after("K h") + r"X[Xc]?"),
    (0.9, _after("h h: H") + rf"(?:u(?:{_PART})*{_GOES_ON}|[gb]p{{0,3}}[fbv]?{_GOES_ON}|v[fb]{_GOES_ON})"),
    # "my lawyer is …", "the driver was …"
    (0.9, _after("KS HS hS") + rf"(?:[GFB]{_MORE}|[ugb]{_MORE}{_GOES_ON})"),
    # "dear …", "hi …", "thanks …"
    (
        0.9,
        _after("d d: y q q, y, qy yy wd qq") + rf"(?:[GFB]{_MORE}|u{_MORE}{_GOES_ON}|[gb]{_MORE}{_ENDS})",
    ),
    # "Kind regards,\n…"
    (
        0.93,
        _after(r"R\n R,\n R\.\n R, R q\n q,\n q!\n q\.\n R: qq\n")
        + rf"(?:{_INITIALS}p{{0,3}}{_ANY}{_MANY}{_ENDS}|i{_ENDS})",
    ),
    # a label of a form and its colon
    (
        0.92,
        _after(r'H: H- H":" Hw: Hr: H:\n H": V: h: W: H:;; H> H=" H;')
        + rf"{_INITIALS}(?:p{{0,3}}[GFBu]{_MANY}|[gbxm]{_MANY}{_ENDS}|[fv][GFBugfb]{_MANY}{_ENDS})",
    ),
    # "someone called …", "the app called …"
    (
        0.9,
        _after("hD KD HD aD hDw hSD")
        + rf"(?:[GFB]{_MORE}|x{_ENDS}|u{_MORE}{_GOES_ON}|[gb]{_MORE}{_GOES_ON})",
    ),
    # "… speaking", "… here"; "… told me"
    (0.88, rf"(?:p{{0,3}}[GFB]{_MORE}(?=k)|(?<=[\^\n,.!y;])[gbxouv]{_MORE}(?=k))"),
    (0.85, r"[gbu][fbuv]?(?=L)"),
    # "I spoke to …", "ask … to ring"; "under …", "with …", and a family name
    (0.85, _after("V VM VW VV Vw") + rf"[gbu]{_MORE}(?=[.,;:!?)\"\nzLnkrSMW]|\Z)"),
    (0.85, _after("W WM M V") + rf"(?:[gb][fbvu]|u[ufbvxo]|xu){_GOES_ON}"),
)
_BY_THEMSELVES = (
    # "…'s account"
    (0.88, rf"{_NO_PLACE}(?:[GB]{_BELONGS}|[GB]{{1,2}}F{_BELONGS}|[FBugbx](?=Z[PKh])|U(?=[PKh]))"),
    # a family name, a comma and a given name at the beginning of a line
    (0.9, r"(?<=[\^\n:])[FBfb],[GB]{1,3}"),
    # "|FAMILY^GIVEN|"
    (0.9, r"(?<=;)[FBu];[GBu](?=;)"),
    # the last line, if it is one name
    (0.85, r"(?<=[^\^ ]\n)(?:-)?[gb][fbi]?(?=\.?\n?\Z)"),
    # two or more names next to each other, at least one of them sure
    (
        0.92,
        (
            rf"{_NO_PLACE}(?:p{{0,3}}[GFB](?:i\.?|[gb]){{0,2}}p{{0,3}}[GFBu]{_MORE}"
            rf"|(?<![J%])[gbvuxm](?:i\.?){{0,2}}p{{0,3}}[FB]{_MORE}|[GB](?:i\.?)?p{{0,3}}[fbgv]{_MORE}|F[gb]{{2,4}})(?!O)"
        ),
    ),
    # initials and a family name
    (0.9, rf"(?:i\.?(?:i\.?){{0,2}}|ini)p{{0,3}}{_NO_PLACE}[FB]"),
    # "Ella, Finn and Grace": in a list after a name
    (0.85, _after("[GFBgb]n [GBu], [GBu],n") + rf"[gbu]{_GOES_ON}"),
    # a given name that has no second meaning, and words after it that go on after a person
    (0.75, rf"(?<![%uxo]){_NO_PLACE}G[xo]?(?![wfgbvFBuOZ%xoc])"),
    (0.72, rf"(?<![%uxo]){_NO_PLACE}B[xo]?(?![wfgbvFBuOPZ%xoc])"),
)
# What before a name makes it a thing: "the Olivia bed", "at Luigi's", "model Stella".
_THINGS = frozenset(
    ("the", "a", "an", "these", "those", "every", "another", "any", "in", "at", "near", "via")
)

_BETWEEN = frozenset(("(", ",", "is", "called", "named", "'s"))
_SPELLING = frozenset(
    (
        *(
            "alpha",
            "bravo",
            "charlie",
            "delta",
            "echo",
            "foxtrot",
            "golf",
            "hotel",
            "india",
            "juliet",
            "kilo",
            "lima",
            "mike",
        ),
        *(
            "november",
            "oscar",
            "papa",
            "quebec",
            "romeo",
            "sierra",
            "tango",
            "uniform",
            "victor",
            "whiskey",
            "yankee",
            "zulu",
        ),
    )
)
_PLACES = frozenset(
    (
        *("st", "saint", "mt", "mount", "port", "lake", "fort", "cape"),
        *("point", "lord", "prince", "princess", "queen", "king"),
    )
)
_BRANDED = len(_INTRODUCED) + 1  # the first rule that does not hold for brands, places and public figures


def find(view: View) -> Iterator[Candidate]:
    """The names in a text."""
    plain_letters = view.text.isascii()
    if view.final and plain_letters and holds_no_name(view):
        return
    if not plain_letters:
        yield from names_in_han(view)
    yield from _GRAMMAR.read(view)


def _stands(fit: Fit) -> bool:
    """False for what is part of an address, a file or a web page, and for brands where no word introduces a person."""
    text, start, end = fit.text, fit.row.starts[fit.at], fit.row.end(fit.stop - 1)
    if text[end : end + 1] in {"@", "_"} or text[start - 1 : start] in {"@", "_", "#", "/", "\\"}:
        return False
    if text[end : end + 1] == "." and text[end + 1 : end + 2].isalnum() and text[end - 2 : end - 1].isalpha():
        return False
    if text[start - 1 : start] == "." and text[start - 2 : start - 1].isalnum():
        return False
    return fit.rule < _BRANDED or not (_is_place(fit) or _is_brand(fit))


def _is_place(fit: Fit) -> bool:
    """True for what stands after "Lake", "the", "at" or the kind of a thing, and for letters spelled: "m for Mike"."""
    words, signs, at = fit.row.words, fit.row.signs, fit.at
    spelled = words[max(fit.low, at - 1) : min(fit.high, fit.stop + 1)]
    if words[at] in _SPELLING and sum(word in _SPELLING for word in spelled) > 1:
        return True
    if at == fit.low:
        return False
    if words[at - 1] in _PLACES or words[at - 1] in _THINGS or signs[at - 1] == "O":
        return True
    if at - 1 == fit.low:
        return False
    if signs[at - 2] == "O" and words[at - 1] in _BETWEEN:
        return True
    return words[at - 1] in {"for", "in", "like"} and (len(words[at - 2]) == 1 or words[at - 2] == "as")


def _is_brand(fit: Fit) -> bool:
    first = max(fit.low, fit.at - 2)
    near = [
        "and" if word == "&" else plain(word) for word in fit.row.words[first : min(fit.high, fit.stop + 2)]
    ]
    phrases = {
        " ".join(near[low:high]).replace(" s ", "s ")
        for low in range(fit.at - first + 1)
        for high in range(fit.at - first + 1, len(near) + 1)
    }
    return not phrases.isdisjoint(lexicon().brands)


_INTRODUCES = r'[SZ:CNAIJKDHhRVWdyqeMn,"=>.!?\n;wrPkz*(~$>-]'
_STARTS = (
    r"[GBXuTQU]|F(?!j)|Y(?=[GFBu])"
    rf"|(?:(?<={_INTRODUCES})|\A)[fvxgbc]|[xgbvfm](?=[ipFBuZ,])|[xo](?=k)"
    r"|i(?=[.inGFBuxogbfp])|p(?=[pGFBugfbvxo])"
    r'|(?<=[SZ:CAIJKNn,>=\n"-])[Mojmi]'
)
_GRAMMAR = Grammar(
    known=roles,
    sign_of=sign_of,
    rules=(*_INTRODUCED, *_BY_THEMSELVES),
    starts=re.compile(_STARTS),
    held=re.compile(rf"{_STARTS}|[XGFBUgfbvuxmipTQYc]"),
    stands=_stands,
    before=8,
    after=11,
    ahead=150,
    trimmed=".",
)
DETECTOR = Words(type="PERSON", name="name", find=find)
