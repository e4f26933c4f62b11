import pytest

from fairgo.core.verdicts import Measure, State
from tests.console.evidences import an_evidence
from tests.console.overviews import MEASURED, an_overview
from tests.console.rooms import a_console
from tests.ledger.ledgers import opened

NARROW = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("console")) as found:
        yield found


@pytest.fixture
def address(serve, ledger):
    return serve(a_console(ledger, evidence=an_evidence())) + "/console/"


def test_axe_finds_nothing_in_any_look(address, open_page, faults_in_every_look):
    assert faults_in_every_look(open_page(address)) == {}


def test_axe_finds_nothing_in_forced_colours(address, open_page, axe_violations):
    assert axe_violations(open_page(address, forced_colors="active")) == ""


def test_long_words_stay_clean(serve, ledger, open_page, faults_in_every_look):
    long = Measure("9" * 90, State.ATTENTION, "an explanation that goes on and on. " * 12)
    overview = an_overview(MEASURED | {"audits": long}, organisation="Kurrajong" * 8)
    assert faults_in_every_look(open_page(serve(a_console(ledger, overview=overview)) + "/console/")) == {}


def test_by_keyboard_the_skip_link_comes_first_and_every_stop_is_seen(address, open_page):
    page = open_page(address)
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    assert page.locator(":focus").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert page.locator("#duties :focus").count() == 1


def test_what_can_be_pressed_is_at_least_44_pixels(address, open_page):
    page = open_page(address)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        for link in page.locator("a:not(.skip):visible").all():
            box = link.bounding_box()
            assert box["height"] >= 44
            assert box["width"] >= 44


def test_a_narrow_screen_keeps_the_table_a_table(address, open_page):
    page = open_page(address, viewport=NARROW)
    assert page.get_by_role("table").count() == 7
    assert page.get_by_role("rowheader").count() == 21
    row = page.get_by_role("row").filter(has_text="Say clearly that it is AI")
    assert row.get_by_role("cell").count() == 2


def test_not_built_is_drawn_in_another_colour_and_shape_than_ok(address, open_page):
    page = open_page(address)

    def drawn(row):
        chip = page.locator(f"#{row} .chip")
        return chip.evaluate("item => getComputedStyle(item).color"), chip.locator("svg").inner_html()

    ok, not_built = drawn("transparency-disclosure"), drawn("bias-audits")
    assert ok[0] != not_built[0]
    assert ok[1] != not_built[1]
