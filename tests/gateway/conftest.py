"""A scripted assistant and a Fairgo in front of it, for the tests of one module."""

from collections.abc import Iterator

import pytest
from openai import OpenAI

from tests.scripted import Assistant, scripted
from tests.serving import Fairgo, fairgo


@pytest.fixture(scope="module")
def upstream() -> Iterator[Assistant]:
    with scripted() as assistant:
        yield assistant


@pytest.fixture
def assistant(upstream: Assistant) -> Assistant:
    """The scripted assistant, its script as new."""
    fresh = Assistant(address=upstream.address)
    for name in ("texts", "words", "pieces", "handler", "seen"):
        setattr(upstream, name, getattr(fresh, name))
    return upstream


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, upstream: Assistant) -> Iterator[Fairgo]:
    settings = {"FAIRGO_UPSTREAM_SILENCE_SECONDS": "1", "FAIRGO_CHECKPOINT_SECONDS": "0.2"}
    with fairgo(tmp_path_factory.mktemp("fairgo"), upstream.address, settings) as running:
        yield running


@pytest.fixture
def client(house: Fairgo) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{house.base}/v1", api_key=house.key, max_retries=0) as made:
        yield made
