"""Names in Chinese characters, which are written without spaces: after words that introduce one."""

import re
from collections.abc import Iterator
from functools import cache

from fairgo.privacy.security.detector import OPEN, Candidate, View
from fairgo.privacy.security.lexicon import lexicon

AHEAD = 16
_HAN = re.compile(r"[\u3400-\u9fff]")
_CUES = (
    *(
        "我叫",
        "叫",
        "叫做",
        "姓名",
        "我是",
        "名字是",
        "名字叫",
        "名叫",
        "本人",
        "本人是",
        "联系人",
        "聯繫人",
        "客户",
        "收件人",
    ),
    *(
        "太太",
        "老公",
        "老婆",
        "爸爸",
        "妈妈",
        "父亲",
        "母亲",
        "哥哥",
        "姐姐",
        "弟弟",
        "妹妹",
        "我妻子",
        "先生叫",
    ),
    *("我姓", "姓", "您贵姓", "妻子", "丈夫", "先生叫", "儿子", "女儿", "这是", "這是"),
)
_FAMILY_CUES = ("我姓", "姓")
_TITLES = "先生|女士|小姐|太太|老师|医生|經理|经理"
_NOT_GIVEN = "想要是的在有了不没和与跟用一个名位客户你您他她们我这那来从先为被把吗人"


@cache
def _pattern() -> re.Pattern[str]:
    families = sorted((name for name in lexicon().native if _HAN.match(name)), key=len, reverse=True)
    family = "|".join(families)
    cued = "|".join(f"(?<={cue})|(?<={cue}[: ])|(?<={cue}是)" for cue in _CUES)
    surname = "|".join(f"(?<={cue})" for cue in _FAMILY_CUES)
    given = rf"(?:(?![{_NOT_GIVEN}])[\u3400-\u9fff])"
    return re.compile(
        rf"(?:{cued})(?:{family}){given}{{1,2}}|(?:{surname})(?:{family})|(?:{family}){given}{{0,2}}?(?={_TITLES})|(?:(?<=:)|(?<=: ))(?:{family}){given}{{1,2}}(?![\u3400-\u9fff])"
    )


def names_in_han(view: View) -> Iterator[Candidate]:
    """The names in Chinese characters in a text."""
    text = view.text
    if not _HAN.search(text):
        return
    stop = len(text) if view.final else max(view.begin, len(text) - AHEAD)
    for found in _pattern().finditer(text, view.begin):
        if found.start() < stop:
            yield Candidate(found.start(), found.end(), 0.9)
    if not view.final:
        held = _HAN.search(text, stop)
        if held:
            yield Candidate(held.start(), OPEN)
