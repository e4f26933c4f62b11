"""The two policy folders that ship with Fairgo: Banksia's and the one `fairgo init` writes."""

import re
import tomllib
from pathlib import Path

import pytest

from fairgo.cli.starting import starter, write_starter
from fairgo.core.errors import Conflict
from fairgo.core.policy import Policy
from fairgo.core.settings import TABLE, read_settings
from fairgo.demo.customers import LEFTOVER
from fairgo.demo.places import banksia, help_pages

# Phone ranges that the Australian Communications and Media Authority keeps for stories.
STORY_NUMBERS = re.compile(r"1[38]00 975 7(0[7-9]|1[01])|1800 160 401")


def reading_grade(text: str) -> float:
    """Flesch and Kincaid's school year for a text, with syllables counted as runs of vowels."""
    sentences = [part for part in re.split(r"[.!?]+(?:\s|$)", text) if re.search(r"[a-z]", part)]
    words = re.findall(r"[A-Za-z']+", text)
    syllables = sum(
        max(1, len(re.findall(r"[aeiouy]+", word.lower())) - (word.endswith("e") and not word.endswith("le")))
        for word in words
    )
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def english_help() -> list[Path]:
    return [page for page in sorted(help_pages().glob("*.md")) if page.read_text(encoding="utf-8").isascii()]


def paragraphs(page: Path) -> list[str]:
    text = re.sub(r"<!--.*?-->", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    _, *rest = [part.strip() for part in text.split("\n\n") if part.strip()]
    return rest


def uncommented(path: Path) -> str:
    """The file with every commented-out setting switched on."""
    return re.sub(r"^# (?=[a-z_]+ = )", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize("folder", [banksia(), starter()], ids=["banksia", "starter"])
def test_a_shipped_folder_loads(folder: Path):
    policy = Policy.read(folder)
    assert policy.system("assistant").purpose == "answers"
    assert policy.purposes["answers"].basis == "notice"
    read_settings(folder, {})


def test_banksia_speaks_its_customers_languages_and_every_wording_says_ai():
    policy = Policy.read(banksia())
    assert {d.locale for d in policy.disclosures} == {"en-AU", "vi", "zh", "ar"}
    for locale in ("vi", "zh", "ar"):
        wording = policy.disclosure(locale, "web")
        assert wording.locale == locale
        assert "1300 975 707" in wording.statement
    english = policy.disclosure("en-AU", "web")
    assert "AI assistant, not a person" in english.statement
    assert english.answer.startswith("No.")
    assert (english.label_ai, english.label_person) == ("AI", "Person")


def test_a_text_message_is_told_of_no_button():
    policy = Policy.read(banksia())
    assert "press" in policy.disclosure("en-AU", "web").statement
    assert "press" not in policy.disclosure("en-AU", "sms").statement


def test_wordings_not_yet_reviewed_are_marked():
    text = (banksia() / "policy" / "disclosures.toml").read_text(encoding="utf-8")
    assert text.count("Not yet reviewed by a speaker") == 3


def test_the_human_way_promises_no_wait():
    for folder in (banksia(), starter()):
        human = Policy.read(folder).system("assistant").human
        assert "not need to say it again" in human.words
        assert not re.search(r"minute|second|soon|shortly|moment", human.words + human.waiting)


def test_banksias_numbers_are_for_stories_and_listed_as_its_own():
    contacts = Policy.read(banksia()).organisation.contacts
    assert "help@banksia.example" in contacts
    written = " ".join(part for page in help_pages().glob("*.md") for part in paragraphs(page))
    for number in re.findall(r"\b1[38]00(?: \d{3}){2}", written):
        assert STORY_NUMBERS.fullmatch(number)
        assert number in contacts
    assert set(re.findall(r"\S+@\S+\.\w+", written)) - set(contacts) == {LEFTOVER[0]}


def test_help_pages_are_many_short_and_plain():
    pages = sorted(help_pages().glob("*.md"))
    assert 14 <= len(pages) <= 20
    assert all(2 <= len(paragraphs(page)) <= 6 for page in pages)
    too_hard = {page.stem: reading_grade(" ".join(paragraphs(page))) for page in english_help()}
    assert {name: grade for name, grade in too_hard.items() if grade > 7} == {}
    assert len(too_hard) == 17


def test_policy_words_are_year_7():
    for folder in (banksia(), starter()):
        policy = Policy.read(folder)
        english = policy.disclosure("en-AU", "web")
        human = policy.system("assistant").human
        for words in (
            english.statement,
            english.answer,
            human.words,
            human.waiting,
            policy.purposes["answers"].words,
        ):
            assert reading_grade(words) <= 7


def test_the_reading_grade_sees_a_hard_text():
    assert (
        reading_grade("Notwithstanding any antecedent stipulation, liability is excluded accordingly.") > 15
    )


def test_the_starter_explains_every_setting_with_its_default():
    settings = tomllib.loads(uncommented(starter() / "fairgo.toml"))
    assert settings == {row.name: row.default for row in TABLE}
    assert tomllib.loads((starter() / "fairgo.toml").read_text(encoding="utf-8")) == {}


def test_the_starters_lines_switched_on_change_nothing(tmp_path: Path):
    before = read_settings(tmp_path, {})
    (tmp_path / "fairgo.toml").write_text(uncommented(starter() / "fairgo.toml"), encoding="utf-8")
    assert read_settings(tmp_path, {}) == before


def test_the_starters_provider_switched_on_fits(tmp_path: Path):
    write_starter(tmp_path)
    path = tmp_path / "policy" / "staff.toml"
    switched_on = path.read_text(encoding="utf-8").partition("# [provider]")[2].replace("\n# ", "\n")
    path.write_text(f"[provider]{switched_on}", encoding="utf-8")
    provider = Policy.read(tmp_path).staff.provider
    assert provider is not None
    assert [row.role for row in provider.roles] == ["owner", "desk_agent"]


def test_the_starter_is_copied_whole_and_without_keys(tmp_path: Path):
    folder = tmp_path / "new" / "place"
    write_starter(folder)
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert written == {
        ".gitignore",
        "fairgo.toml",
        "policy/organisation.toml",
        "policy/purposes.toml",
        "policy/disclosures.toml",
        "policy/staff.toml",
        "policy/systems/assistant.toml",
    }
    assert "keys/" in (folder / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert Policy.read(folder).organisation.name == "Your organisation"
    assert Policy.read(folder).version == Policy.read(starter()).version


def test_an_empty_folder_may_be_started_in(tmp_path: Path):
    write_starter(tmp_path)
    assert (tmp_path / "policy" / "organisation.toml").is_file()


def test_nothing_written_before_is_overwritten(tmp_path: Path):
    mine = tmp_path / "notes.txt"
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(Conflict) as refused:
        write_starter(tmp_path)
    assert refused.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    with pytest.raises(Conflict):
        write_starter(mine)
