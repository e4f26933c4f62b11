from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from fairgo.core.errors import EvidenceBroken
from fairgo.public.app import app
from fairgo.public.words import ENGLISH
from tests.public.chats import HUMAN_WAY, LABEL_AI, STATEMENT, Memory

SECRET = b"a made-up secret of thirty-two b"
TALL = {"width": 1280, "height": 860}
ARABIC = replace(
    ENGLISH,
    locale="ar",
    title="دردشة مع {organisation}",
    talk_to_person="تحدث إلى شخص",
    your_message="رسالتك",
    send="إرسال",
    you="أنت",
)


@pytest.fixture
def memory():
    return Memory()


@pytest.fixture
def address(serve, memory):
    return serve(mounted(memory)) + "/you/chat"


def mounted(memory, words=ENGLISH, **wording):
    return Starlette(routes=[Mount("/you", app(memory.chat(**wording), secret=SECRET, words=words))])


def write(page, words):
    page.get_by_label("Your message").fill(words)
    page.get_by_role("button", name="Send").click()


def test_axe_finds_nothing_in_any_state_and_look(address, memory, open_page, faults_in_every_look):
    page = open_page(address)
    found = {"empty": faults_in_every_look(page)}
    write(page, "When is my bill due?")
    page.locator("[data-author=ai]").wait_for()
    found["messages"] = faults_in_every_look(page)
    write(page, " ")
    page.locator("#wrong").wait_for()
    found["error"] = faults_in_every_look(page)
    page.get_by_role("button", name="Stop using AI for me").click()
    page.get_by_role("button", name="Use AI again").wait_for()
    found["AI off"] = faults_in_every_look(page)
    page.get_by_role("button", name="Talk to a person").click()
    page.locator(".held:visible").wait_for()
    memory.a_person_writes("Hello. " + "w" * 300 + " " + "and so on, " * 80)
    page.reload()
    found["person, long text"] = faults_in_every_look(page)
    assert found == {state: {} for state in found}


def test_right_to_left_mirrors_the_page(serve, memory, open_page, axe_violations):
    page = open_page(
        serve(mounted(memory, ARABIC, statement="أنت تتحدث مع مساعد ذكاء اصطناعي.")) + "/you/chat"
    )
    page.get_by_label("رسالتك").fill("متى موعد فاتورتي؟")
    page.get_by_role("button", name="إرسال").click()
    page.locator("[data-author=ai]").wait_for()
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert axe_violations(page) == ""
    mine, answer = (page.locator(f"[data-author={who}] .words").bounding_box() for who in ("customer", "ai"))
    assert mine["x"] < answer["x"]


def test_text_at_200_percent_still_fits(address, open_page, axe_violations):
    page = open_page(address, viewport={"width": 640, "height": 512})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert axe_violations(page) == ""


def test_with_javascript_off_the_whole_journey_works(address, open_page):
    page = open_page(address, java_script_enabled=False)
    assert page.get_by_text(STATEMENT).is_visible()
    write(page, "When is my bill due?")
    assert page.url.endswith("/you/chat#latest")
    assert page.locator("[data-author=ai] .label-of").inner_text() == LABEL_AI
    write(page, "x" * 4001)
    assert "4,001" in page.locator("#wrong").inner_text()
    assert page.get_by_label("Your message").input_value() == "x" * 4001
    page.get_by_role("button", name="Talk to a person").click()
    assert page.get_by_text(ENGLISH.waiting, exact=True).is_visible()
    assert not page.get_by_text(STATEMENT).is_visible()
    page.get_by_role("button", name="Stop using AI for me").click()
    assert page.url.endswith("#choices")
    page.get_by_role("button", name="Use AI again").click()
    assert page.get_by_role("button", name="Stop using AI for me").is_visible()


def test_the_whole_journey_by_keyboard(address, open_page):
    page = open_page(address, viewport=TALL)

    def tab_to(words):
        for _ in range(12):
            page.keyboard.press("Tab")
            if words in page.evaluate("document.activeElement.innerText + document.activeElement.id"):
                return
        raise AssertionError(f"no way to {words} by keyboard")

    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to your message"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "words"
    page.keyboard.type("When is my bill due?")
    tab_to("Send")
    page.keyboard.press("Enter")
    page.locator("[data-author=ai]").wait_for()
    tab_to("Stop using AI")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Use AI again").wait_for()
    assert page.locator(":focus").inner_text() == "Use AI again"
    page.reload()
    tab_to("Talk to a person")
    page.keyboard.press("Enter")
    page.locator(".held:visible").wait_for()
    assert page.locator(":focus").inner_text() == ENGLISH.waiting


def test_the_script_sends_without_a_new_page_and_adds_only_what_is_new(address, open_page):
    page = open_page(address)
    page.evaluate("window.samePage = true")
    write(page, "First question")
    page.locator("[data-author=ai]").wait_for()
    page.locator("[data-author=customer]").first.evaluate("item => { item.dataset.kept = 'yes' }")
    write(page, "Second question <b>bold</b>")
    page.locator("[data-author=ai]").nth(1).wait_for()
    assert page.evaluate("window.samePage")
    assert page.locator("[data-kept]").count() == 1
    assert page.locator("#latest").count() == 1
    assert page.locator("[data-author=customer] .words").nth(1).inner_text() == "Second question <b>bold</b>"
    assert page.get_by_label("Your message").input_value() == ""
    assert page.get_by_role("log").get_attribute("aria-busy") is None


def test_what_a_person_writes_arrives_by_itself(address, memory, open_page):
    page = open_page(address)
    page.clock.install()
    page.reload()
    page.get_by_role("button", name="Talk to a person").click()
    page.locator(".held:visible").wait_for()
    memory.a_person_writes("Hi, I am Priya.")
    page.clock.run_for(6000)
    page.get_by_text("Hi, I am Priya.").wait_for()


def test_a_broken_network_keeps_the_draft_and_says_so(address, open_page):
    page = open_page(address)
    page.context.set_offline(True)
    write(page, "Do not lose this")
    page.locator("#wrong").wait_for()
    assert page.locator("#wrong").inner_text().endswith(ENGLISH.not_sent)
    assert page.get_by_label("Your message").input_value() == "Do not lose this"
    assert page.evaluate("document.activeElement.id") == "words"
    page.context.set_offline(False)
    page.get_by_role("button", name="Send").click()
    page.locator("[data-author=ai]").wait_for()
    assert not page.locator("#wrong").is_visible()


def test_when_nothing_works_the_way_to_a_person_is_on_the_page(address, memory, open_page, axe_violations):
    page = open_page(address, java_script_enabled=False)
    memory.failing = EvidenceBroken("evidence cannot be kept")
    page.get_by_role("button", name="Talk to a person").click()
    assert page.get_by_text(HUMAN_WAY).is_visible()
    page = open_page(address.replace("/chat", "/nothing"))
    assert axe_violations(page) == ""


def test_stopping_ai_takes_no_more_effort_than_using_it(address, open_page):
    page = open_page(address)
    stop = page.get_by_role("button", name="Stop using AI for me")
    before = stop.bounding_box()
    stop.click()
    use = page.get_by_role("button", name="Use AI again")
    use.wait_for()
    after = use.bounding_box()
    assert (before["width"], before["height"]) == (after["width"], after["height"])
    assert min(before["height"], before["width"]) >= 44


def test_talk_to_a_person_stays_in_its_place(address, open_page):
    page = open_page(address, viewport={"width": 360, "height": 640})
    place = page.get_by_role("button", name="Talk to a person").bounding_box()
    write(page, "A long question. " * 200)
    page.locator("[data-author=ai]").wait_for()
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    assert page.get_by_role("button", name="Talk to a person").bounding_box() == place
