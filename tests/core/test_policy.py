"""The policy folder: loaded or refused with the file and a hint; versioned by what it says; the fitting disclosure."""

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgo.cli.starting import starter
from fairgo.core.errors import Misconfigured, NotFound
from fairgo.core.hiding import IDENTIFIERS
from fairgo.core.policy import Disclosure, Policy
from fairgo.demo.places import banksia
from tests.core.policies import a_policy_folder, change


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_policy_folder(tmp_path / "house")


@pytest.mark.parametrize("shipped", [starter(), banksia()], ids=["starter", "banksia"])
def test_a_shipped_folder_has_the_same_version_on_every_reading(shipped: Path, tmp_path: Path):
    first = Policy.read(shipped)
    assert re.fullmatch("[0-9a-f]{64}", first.version)
    assert Policy.read(shipped) == first
    assert Policy.read(Path(shutil.copytree(shipped, tmp_path / "copy"))).version == first.version


def test_comments_and_spaces_are_not_words(folder: Path):
    before = Policy.read(folder).version
    change(folder, "organisation.toml", "contacts = []", "# Nobody yet.\n\ncontacts   = [ ]")
    assert Policy.read(folder).version == before


def test_the_version_changes_with_any_word(folder: Path):
    seen = {Policy.read(folder).version}
    words = (path for path in sorted((folder / "policy").rglob("*.toml")))
    for path in words:
        for line in path.read_text(encoding="utf-8").splitlines():
            value = re.fullmatch(r'(\w+ = )"([^"]*)"', line)
            if value is None or value[2] in {"answers", "notice"}:
                continue
            name = str(path.relative_to(folder / "policy"))
            changed = {"http": "http://127.0.0.1:8090/v1", "en-A": "en-NZ"}.get(value[2][:4], f"{value[2]}x")
            change(folder, name, line, f'{value[1]}"{changed}"')
            seen.add(Policy.read(folder).version)
            change(folder, name, f'{value[1]}"{changed}"', line)
    assert len(seen) > 12


# (file, what stands there, what is put in its place, words of the message, words of the hint)
BROKEN = [
    ("organisation.toml", "keep_days = 30", "kep_days = 3", "organisation.toml: privacy.kep_days:", "'keep_days'?"),
    ("organisation.toml", "keep_days = 30", "keep_days = 0", "organisation.toml: privacy.keep_days:", "whole days"),
    (
        *("organisation.toml", "keep_days = 30", 'hidden = ["TFN", "IHI", "EMIAL"]'),
        *("organisation.toml: privacy.hidden.2: there is no type 'EMIAL'", "did you mean 'EMAIL'?"),
    ),
    (
        *("organisation.toml", "keep_days = 30", 'hidden = ["EMAIL"]'),
        *("organisation.toml: privacy.hidden: TFN is always hidden", "a law of its own"),
    ),
    (
        *("organisation.toml", "keep_days = 30", "thresholds.TFN = 0.9"),
        *("organisation.toml: privacy.thresholds: TFN is hidden at any score", "without a threshold"),
    ),
    (
        *("organisation.toml", "keep_days = 30", "thresholds.PERSN = 0.9"),
        *("organisation.toml: privacy.thresholds.PERSN: there is no type", "did you mean 'PERSON'?"),
    ),
    (
        *("organisation.toml", "keep_days = 30", "thresholds.PERSON = 2"),
        *("organisation.toml: privacy.thresholds.PERSON: input should be", "from 0 to 1"),
    ),
    (
        *("systems/assistant.toml", "does =", "privacy.keep_days = 31\ndoes ="),
        *("assistant.toml: privacy.keep_days: 31 is longer than the organisation's 30", "only be stricter"),
    ),
    (
        *("systems/assistant.toml", "does =", "privacy.thresholds.PERSON = 0.5\ndoes ="),
        *("assistant.toml: privacy.thresholds.PERSON: 0.5 is above the organisation's 0", "only be stricter"),
    ),
    (
        *("systems/assistant.toml", "does =", 'privacy.hidden = ["ABNN"]\ndoes ='),
        *("assistant.toml: privacy.hidden.0: there is no type 'ABNN'", "did you mean 'ABN'?"),
    ),
    ("organisation.toml", "name =", "nam =", "organisation.toml: name: field required", "fairgo init"),
    ("organisation.toml", "contacts =", "contact =", "organisation.toml: contact: extra", "'contacts'?"),
    ("organisation.toml", "/fairgo", " fairgo", "organisation.toml: ledger_origin:", "a domain you own"),
    ("organisation.toml", '"en-AU"', '"Australian"', "organisation.toml: locale:", "such as en-AU"),
    ("organisation.toml", "[]", "[1]", "organisation.toml: contacts.0: input should be", "fairgo init"),
    ("organisation.toml", "[]", "[", "organisation.toml is not valid TOML", "double quotes"),
    ("purposes.toml", '"notice"', '"maybe"', "purposes.toml: answers.basis: input should be 'notice' or", ""),
    ("purposes.toml", "words =", "wrods =", "purposes.toml: answers.words: field required", "fairgo init"),
    ("purposes.toml", "[answers]", "[Answers]", "purposes.toml: Answers.name:", "small letters"),
    ("purposes.toml", "title =", "titel = 1\ntitle =", "purposes.toml: answers.titel: extra", "'title'?"),
    ("disclosures.toml", "[[disclosure]]", "[[disclosures]]", "disclosures.toml: disclosures: not", "'disclosure'?"),
    ("disclosures.toml", "label_ai", "label_ia", "disclosures.toml: disclosure.number 1.label_ai: field", ""),
    ("disclosures.toml", '"en-AU"', '"e"', "disclosures.toml: disclosure.number 1.locale:", "such as en-AU"),
    ("systems/assistant.toml", "does =", "name = 'a'\ndoes =", "assistant.toml: name: not known", "name of the file"),
    ("systems/assistant.toml", '"answers"', '"answer"', "unknown purpose 'answer'", "'answers'?"),
    ("systems/assistant.toml", "base_url =", "url =", "assistant.toml: upstream.base_url: field required", ""),
    ("systems/assistant.toml", "model =", "modle =", "assistant.toml: upstream.modle: extra", "'model'?"),
    ("systems/assistant.toml", "hours =", "huors = 1\nhours =", "assistant.toml: human.huors: extra", "'hours'?"),
    ("systems/assistant.toml", "http://", "ftp://", "assistant.toml: upstream.base_url: URL scheme", ""),
    ("systems/assistant.toml", "purpose =", "porpuse = 1\npurpose =", "porpuse: extra", "'purpose'?"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "message", "hint"), BROKEN, ids=lambda part: str(part)[:24])
def test_a_mistake_names_the_file_the_key_and_a_way_out(folder: Path, name, old, new, message, hint):
    change(folder, name, old, new)
    with pytest.raises(Misconfigured) as wrong:
        Policy.read(folder)
    assert str(folder / "policy" / name) in wrong.value.message
    assert message in wrong.value.message
    assert wrong.value.hint
    assert hint in wrong.value.hint


@pytest.mark.parametrize("name", ["organisation.toml", "purposes.toml", "disclosures.toml"])
def test_a_file_that_is_not_there_or_no_file_is_named(folder: Path, name: str):
    path = folder / "policy" / name
    path.unlink()
    with pytest.raises(Misconfigured, match="is missing") as wrong:
        Policy.read(folder)
    assert str(path) in wrong.value.message
    assert wrong.value.hint
    path.mkdir()
    with pytest.raises(Misconfigured, match="cannot be read"):
        Policy.read(folder)


def test_an_empty_file_of_disclosures_is_a_mistake(folder: Path):
    (folder / "policy" / "disclosures.toml").write_text("", encoding="utf-8")
    with pytest.raises(Misconfigured, match=r"disclosures\.toml: disclosure: .*at least 1"):
        Policy.read(folder)


def test_a_folder_without_policy_or_without_systems_says_so(folder: Path):
    (folder / "policy" / "systems" / "assistant.toml").rename(folder / "assistant.toml")
    with pytest.raises(Misconfigured, match="has no system"):
        Policy.read(folder)
    (folder / "assistant.toml").rename(folder / "policy" / "systems" / "My Assistant.toml")
    with pytest.raises(Misconfigured, match=r"My Assistant\.toml: name") as wrong:
        Policy.read(folder)
    assert "small letters" in wrong.value.hint
    shutil.rmtree(folder / "policy")
    with pytest.raises(Misconfigured, match="has no policy/ folder") as wrong:
        Policy.read(folder)
    assert wrong.value.hint == f"fairgo init {folder}"


def test_an_unknown_system_names_the_nearest(folder: Path):
    policy = Policy.read(folder)
    assert policy.system("assistant").name == "assistant"
    with pytest.raises(NotFound) as wrong:
        policy.system("asistant")
    assert wrong.value.hint == "did you mean 'assistant'?"


def with_wordings(*wordings: tuple[str, str], own: str = "en-AU") -> Policy:
    """A policy with a disclosure for each (locale, channel), in this order."""
    policy = Policy.read(Path(starter()))
    first = policy.disclosures[0]
    told = tuple(first.model_copy(update={"locale": tag, "channel": way}) for tag, way in wordings)
    home = policy.organisation.model_copy(update={"locale": own})
    return policy.model_copy(update={"disclosures": told, "organisation": home})


SPOKEN = (
    ("en-US", "*"),
    ("zh-Hant", "*"),
    ("zh", "*"),
    ("vi", "*"),
    ("en-AU", "*"),
    ("en-AU", "sms"),
    ("en", "*"),
)


@pytest.mark.parametrize(
    ("locale", "channel", "expected"),
    [
        ("en-AU", "chat", ("en-AU", "*")),
        ("en-AU", "sms", ("en-AU", "sms")),
        ("en-au", "sms", ("en-AU", "sms")),
        ("EN-us", "chat", ("en-US", "*")),
        ("en-GB", "chat", ("en", "*")),
        ("vi-VN", "chat", ("vi", "*")),
        ("vi", "sms", ("vi", "*")),
        ("zh", "chat", ("zh", "*")),
        ("zh-Hant-TW", "chat", ("zh-Hant", "*")),
        ("zh-CN", "chat", ("zh", "*")),
        ("fr-FR", "chat", ("en-AU", "*")),
        ("fr-FR", "sms", ("en-AU", "sms")),
        ("", "chat", ("en-AU", "*")),
    ],
)
def test_the_disclosure_is_exact_then_the_language_then_the_organisations(locale, channel, expected):
    found = with_wordings(*SPOKEN).disclosure(locale, channel)
    assert (found.locale, found.channel) == expected


@pytest.mark.parametrize(
    ("wordings", "own", "locale", "expected"),
    [
        ([("en-US", "*"), ("en-AU", "*")], "en-AU", "en-GB", "en-AU"),
        ([("fr", "*"), ("vi", "*")], "vi-VN", "de", "vi"),
        ([("vi", "sms")], "en-AU", "en-AU", "vi"),
    ],
)
def test_the_next_best_is_near_home_and_there_is_always_one(wordings, own, locale, expected):
    assert with_wordings(*wordings, own=own).disclosure(locale, "chat").locale == expected


@given(
    st.lists(
        st.tuples(st.sampled_from(["en", "en-AU", "vi", "zh-Hant"]), st.sampled_from(["*", "sms", "chat"])),
        min_size=1,
    ),
    st.sampled_from(["en-AU", "vi-VN", "zh", "fr", ""]),
)
def test_no_channel_gets_the_words_of_another_while_there_are_others(wordings, locale):
    policy = with_wordings(*wordings)
    found: Disclosure = policy.disclosure(locale, "chat")
    assert found.channel in {"chat", "*"} or all(channel == "sms" for _locale, channel in wordings)


def test_all_but_business_numbers_is_hidden_until_the_policy_says_otherwise(folder: Path):
    rules = Policy.read(folder).privacy("assistant")
    assert {name for name in IDENTIFIERS if not rules.hides(name, 0.5)} == {"ABN", "ACN"}
    assert rules.hides("STAFF_NUMBER", 0.1)  # of a detector somebody added
    assert rules.keep_days == 30


def test_a_system_can_only_be_stricter(folder: Path):
    change(
        folder,
        "organisation.toml",
        "keep_days = 30",
        "keep_days = 30\nthresholds = { PERSON = 0.9, EMAIL = 0.8 }",
    )
    own = 'privacy = { hidden = ["ABN"], thresholds = { PERSON = 0.4 }, keep_days = 2 }'
    change(folder, "systems/assistant.toml", "does =", f"{own}\ndoes =")
    policy = Policy.read(folder)
    wide, narrow = policy.organisation.privacy, policy.privacy("assistant")
    assert (wide.hides("ABN", 1), narrow.hides("ABN", 1), narrow.hides("ACN", 1)) == (False, True, False)
    assert (wide.hides("PERSON", 0.5), narrow.hides("PERSON", 0.5), narrow.hides("PERSON", 0.3)) == (
        False,
        True,
        False,
    )
    assert (narrow.hides("EMAIL", 0.7), narrow.hides("EMAIL", 0.8)) == (False, True)
    assert (wide.keep_days, narrow.keep_days) == (30, 2)
