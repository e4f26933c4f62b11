import os
import signal
import xml.etree.ElementTree as ET

import pytest

from fairgo.charts.rendering import Renderer
from fairgo.core.errors import FairgoError

SPEC = {
    "data": {"values": [{"a": 1}]},
    "mark": "point",
    "encoding": {"x": {"field": "a", "type": "quantitative"}},
}


def varied(number: int) -> dict[str, object]:
    return {**SPEC, "data": {"values": [{"a": number}]}}


@pytest.fixture
def renderer():
    renderer = Renderer(recycled_after=3)
    yield renderer
    renderer.close()


def test_svg_and_png(renderer):
    assert ET.fromstring(renderer.render(SPEC, "svg")).tag.endswith("svg")  # noqa: S314 - our own drawing
    small, large = (renderer.render(SPEC, "png", scale=scale) for scale in (1, 3))
    assert small.startswith(b"\x89PNG")
    assert len(large) > len(small)


def test_the_process_is_replaced_after_a_number_of_pictures(renderer):
    for number in range(7):
        renderer.render(varied(number), "svg")
    assert renderer.started == 3


def test_a_picture_is_drawn_once(renderer):
    first = renderer.render(SPEC, "svg")
    renderer.close()
    assert renderer.render(dict(reversed(SPEC.items())), "svg") == first
    assert renderer.started == 1


def test_the_memory_has_an_end():
    renderer = Renderer(remembered=10)
    try:
        renderer.render(SPEC, "svg")
        renderer.close()
        renderer.render(SPEC, "svg")
        assert renderer.started == 2
    finally:
        renderer.close()


def test_a_process_that_was_killed_is_replaced(renderer):
    renderer.render(SPEC, "svg")
    os.kill(renderer._process.pid, signal.SIGKILL)
    assert renderer.render(varied(2), "svg")
    assert renderer.started == 2


def test_what_cannot_be_drawn_is_said_without_its_data(renderer):
    with pytest.raises(FairgoError) as caught:
        renderer.render({"mark": "no such mark", "data": {"values": [{"a": "secret"}]}}, "svg")
    assert "secret" not in f"{caught.value} {caught.value.hint}"
    assert renderer.render(SPEC, "svg")


def test_a_drawing_that_takes_too_long_is_ended():
    renderer = Renderer(longest=0.01)
    try:
        with pytest.raises(FairgoError):
            renderer.render(SPEC, "svg")
    finally:
        renderer.close()


def test_nothing_is_fetched(renderer):
    with pytest.raises(FairgoError):
        renderer.render({**SPEC, "data": {"url": "https://fairgo.example/data.json"}}, "svg")
