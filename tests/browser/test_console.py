"""The console in a real browser: clean in light and dark, by keyboard alone, without JavaScript, and as wide as it must."""

import re
from pathlib import Path

import pytest

from fairgo.console import live
from tests.console.rooms import a_client, a_console, a_full_house, a_member, an_entry, send
from tests.ledger.ledgers import opened

PICTURES = Path(__file__).resolve().parents[2] / "var" / "screenshots"
NARROW = {"width": 320, "height": 640}
# A window of 1280 pixels at 200 % is one of 640.
ZOOMED = {"width": 640, "height": 450}
LISTS = ["/", "/systems", "/conversations", "/bias/audits", "/evidence", "/staff", "/applications", "/bias"]
FULL = [
    *LISTS,
    "/systems/assistant",
    "/systems/assistant/entry",
    "/systems/assistant/tier",
    "/systems/assistant/decide",
    "/search?q=assistant",
    "/search?q=nothing at all",
    "/conversations?since=never",
    "/nowhere",
    "conversation",
    "audit",
    "event",
]
WHERE = {
    "conversation": ("/conversations", r'href="/console(/conversations/\w{20,})"'),
    "audit": ("/bias/audits", r'href="/console(/bias/audits/\w{20,})"'),
    "event": ("/evidence", r'href="/console(/evidence/leaf/[^"]+)"'),
}


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    with a_full_house(tmp_path_factory.mktemp("full")) as ledger:
        yield ledger


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("empty")) as ledger:
        yield ledger


@pytest.fixture
def ours(tmp_path):
    with opened(tmp_path) as ledger:
        yield ledger


@pytest.fixture
def console(full, serve):
    return serve(a_console(full)) + "/console"


def goto(page, base, path):
    if path in WHERE:
        listed, pattern = WHERE[path]
        page.goto(base + listed)
        path = re.search(pattern, page.content())[1]
    page.goto(base + path, wait_until="domcontentloaded")  # drawing a picture takes seconds the first time


def picture(page, name):
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


def sideways(page):
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def sizes(page):
    """What can be pressed and is smaller than 44 pixels either way; words within a sentence may be narrower."""
    script = """() => [...document.querySelectorAll("main a, main button, nav a, header a, summary")]
        .filter(one => one.checkVisibility() && !one.closest(".unseen, .skip"))
        .map(one => [one.textContent.trim(), one.getBoundingClientRect()])
        .filter(([, box]) => box.height < 43.5).map(([words, box]) => `${words}: ${box.height}`)"""
    return page.evaluate(script)


LATER = [pytest.param(path, marks=pytest.mark.long) for path in ("/systems/assistant", "audit", "event")]


@pytest.mark.parametrize("path", ["/", "conversation", *LATER])
def test_the_pages_that_are_looked_at_most_are_clean(path, console, open_page, axe_violations):
    page = open_page(f"{console}/", color_scheme="light", reduced_motion="reduce")
    goto(page, console, path)
    assert axe_violations(page) == ""
    assert not sideways(page)
    assert sizes(page) == []
    picture(page, f"{path.strip('/').replace('/', '-') or 'home'}-light")


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", FULL)
def test_every_page_is_clean_at_every_width(path, scheme, console, open_page, axe_violations):
    page = open_page(f"{console}/", color_scheme=scheme, reduced_motion="reduce")
    for name, size in (("wide", {"width": 1280, "height": 860}), ("zoomed", ZOOMED), ("narrow", NARROW)):
        page.set_viewport_size(size)
        goto(page, console, path)
        assert axe_violations(page) == "", name
        assert not sideways(page), name
        picture(page, f"{re.sub(r'[^a-z]+', '-', path).strip('-') or 'home'}-{scheme}-{name}")


@pytest.mark.long
@pytest.mark.parametrize("path", [*LISTS, "/systems/assistant"])
def test_empty_pages_are_clean(path, empty, serve, open_page, faults_in_every_look):
    page = open_page(serve(a_console(empty)) + f"/console{path}")
    assert faults_in_every_look(page) == {}


@pytest.mark.long
@pytest.mark.parametrize(
    "path", ["/", "/conversations", "/systems/assistant", "conversation", "audit", "event"]
)
def test_forced_colours_and_paper(path, console, open_page, axe_violations):
    page = open_page(f"{console}/", forced_colors="active")
    goto(page, console, path)
    assert axe_violations(page) == ""
    page.emulate_media(media="print", forced_colors="none")
    assert not page.locator("#menu").is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_by_keyboard_alone_a_tier_is_found_and_explained(console, open_page):
    page = open_page(f"{console}/systems/assistant")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    assert page.locator(":focus").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _stop in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        if page.locator(":focus").inner_text() == "Answer again":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/tier")
    assert page.locator("h1").inner_text() == "Tier of assistant"


def test_without_javascript_a_form_shows_its_error_beside_the_field_and_what_was_typed(
    console, open_page, axe_violations
):
    page = open_page(f"{console}/systems/assistant/entry", java_script_enabled=False)
    page.get_by_label("Owner").fill("Billie")
    page.get_by_label("What it does, in plain words").fill("word " * 201)
    page.get_by_role("button", name="Keep this entry").click()
    assert page.locator("#w-description").inner_text() == "At most 200 words fit here; these are 201."
    assert page.get_by_label("Owner").input_value() == "Billie"
    assert page.get_by_role("alert").is_visible()


@pytest.mark.long
def test_errors_and_stale_edits_are_clean(console, open_page, axe_violations):
    page = open_page(f"{console}/systems/assistant/entry")
    page.get_by_label("What it does, in plain words").fill("word " * 201)
    page.get_by_role("button", name="Keep this entry").click()
    assert axe_violations(page) == ""
    picture(page, "entry-error")
    page.get_by_label("What it does, in plain words").fill("Answers.")
    page.locator("input[name=seen]").evaluate("one => { one.value = 0 }")
    page.get_by_role("button", name="Keep this entry").click()
    assert "Somebody else kept version" in page.locator("#stale-title").inner_text()
    assert axe_violations(page) == ""
    picture(page, "entry-stale")


def test_without_javascript_the_words_of_a_conversation_are_read_for_a_purpose(console, open_page):
    page = open_page(f"{console}/", java_script_enabled=False)
    goto(page, console, "conversation")
    page.get_by_role("button", name="Open the words").click()
    assert "Say why you read this." in page.locator("#w-purpose").inner_text()
    page.get_by_label("Why do you read this?").select_option("complaint")
    page.get_by_role("button", name="Open the words").click()
    assert page.locator(".said").count() >= 2
    page.get_by_role("link", name="see the evidence of this reading").click()
    assert "read" in page.locator("h1").inner_text().lower()


def test_the_menu_opens_on_a_narrow_screen_without_javascript(console, open_page):
    page = open_page(f"{console}/", java_script_enabled=False, viewport=NARROW)
    assert not page.get_by_role("link", name="Systems").first.is_visible()
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("navigation", name="Console").get_by_role("link", name="Systems").click()
    assert page.locator("h1").inner_text() == "Systems"


def test_a_table_sorts_and_narrows(console, open_page):
    page = open_page(f"{console}/evidence")
    column = page.get_by_role("columnheader", name="What happened")
    column.get_by_role("button").click()
    words = page.locator(".grid tbody th").all_inner_texts()
    assert words == sorted(words, key=str.casefold)
    assert column.get_attribute("aria-sort") == "ascending"
    page.get_by_label("Show only rows with").fill("register entry")
    shown = page.locator(".grid tbody tr:visible").all_inner_texts()
    assert shown
    assert all("register entry" in row for row in shown)


def test_home_renews_what_needs_its_reader_without_being_loaded_again(ours, serve, open_page, monkeypatch):
    monkeypatch.setattr(live, "EVERY", 0.1)
    page = open_page(serve(a_console(ours)) + "/console/")
    duties = page.locator("fairgo-live #duties")
    assert "assistant has no register entry" in duties.inner_text()
    with page.expect_response("**/console/live"):
        page.reload()
    page.evaluate("window.stays = true")
    reply = send(a_client(ours), "/console/systems/assistant/entry", an_entry(), follow_redirects=False)
    assert reply.status_code == 303
    duties.get_by_text("assistant has no tier yet").wait_for()
    assert "assistant has no register entry" not in duties.inner_text()
    assert page.evaluate("window.stays")


def test_the_modules_are_small_and_the_page_is_light(console, open_page):
    weights = {}
    page = open_page(f"{console}/")
    page.on("response", lambda reply: weights.__setitem__(reply.url, len(reply.body())))
    page.goto(f"{console}/conversations")
    assert sum(weights.values()) <= 150_000
    assert sum(size for url, size in weights.items() if url.split("?")[0].endswith(".js")) <= 15_000


def test_a_staff_member_sees_only_their_own_few_places(full, serve, open_page):
    from fairgo.staff.rights import Role

    page = open_page(serve(a_console(full, a_member(Role.STAFF))) + "/console/")
    menu = page.get_by_role("navigation", name="Console")
    assert "Systems" not in menu.inner_text()
    assert "Privacy" in menu.inner_text()
