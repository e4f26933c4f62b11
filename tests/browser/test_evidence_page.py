"""The pages of evidence in a real browser: clean in every look, by keyboard, and with 30 steps up."""

from dataclasses import replace

import pytest

from fairgo.core.ports import WitnessLine
from tests.console.evidences import HEALTH, NAME, PROOF, STEPS, an_evidence
from tests.console.rooms import a_console
from tests.ledger.ledgers import opened

TALL = 30
SEVERAL = replace(
    PROOF,
    steps=tuple(replace(STEPS[n % 4], fits=n not in {4, 5}, last=2**n, first=0) for n in range(TALL)),
    facts={"words": "w" * 90, "turn": "t" * 64},
)
ILL = replace(
    HEALTH,
    mismatches=("process 0011223344556677: 3 requests were seen and left no leaf",),
    witnesses=(WitnessLine("witness.example/" + "w" * 60, 0, None, "witness.down"),),
    unfinished=2,
)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("evidence")) as found:
        yield found


@pytest.fixture
def served(serve, ledger):
    def start(health=HEALTH, proof=PROOF):
        return serve(a_console(ledger, evidence=an_evidence(health, proof)))

    return start


def test_axe_finds_nothing_in_any_look(served, open_page, faults_in_every_look):
    address = served(ILL, SEVERAL)
    page = open_page(f"{address}/console/evidence")
    found = faults_in_every_look(page)
    page.goto(f"{address}/console/evidence/leaf/{NAME}")
    page.locator("main summary").click()
    assert (found, faults_in_every_look(page)) == ({}, {})


def test_axe_finds_nothing_in_forced_colours_and_the_boxes_are_drawn(served, open_page, axe_violations):
    page = open_page(f"{served()}/console/evidence/leaf/{NAME}", forced_colors="active")
    assert axe_violations(page) == ""
    drawn = page.locator(".ladder rect").evaluate_all("all => all.map(one => getComputedStyle(one).stroke)")
    canvas = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert len(drawn) == 2 * len(STEPS) + 2
    assert canvas not in drawn


def test_on_paper_the_picture_stays_black_on_white(served, open_page):
    page = open_page(f"{served()}/console/evidence/leaf/{NAME}", color_scheme="dark")
    page.emulate_media(media="print")
    words = page.locator(".ladder text").first
    assert words.evaluate("one => getComputedStyle(one).fill") == "rgb(0, 0, 0)"
    assert page.locator(".ladder").is_visible()


def test_by_keyboard_from_the_health_to_the_proof_and_the_receipt(served, open_page):
    page = open_page(f"{served()}/console/evidence", java_script_enabled=False)
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text().startswith("See its proof")
    page.keyboard.press("Enter")
    assert page.get_by_role("heading", level=1).inner_text() == "A turn was closed"
    picture = page.get_by_role("img", name="From this event up to the signed checkpoint")
    assert picture.is_visible()
    assert page.get_by_role("link", name="Download the receipt").get_attribute("href").endswith(NAME)
    page.get_by_role("link", name="Evidence", exact=True).first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Evidence"


def test_what_can_be_pressed_is_at_least_44_pixels_and_tables_stay_tables(served, open_page):
    address = served()
    page = open_page(f"{address}/console/evidence", viewport={"width": 320, "height": 640})
    assert page.get_by_role("rowheader").count() == len(HEALTH.newest)
    boxes = [link.bounding_box() for link in page.locator("main a").all()]
    page.goto(f"{address}/console/evidence/leaf/{NAME}")
    assert page.get_by_role("rowheader").count() == len(STEPS)
    boxes += [link.bounding_box() for link in page.locator("main a, main summary").all()]
    assert min(min(box["width"], box["height"]) for box in boxes) >= 44
