"""Business numbers: eleven digits whose weights divide by 89."""

import pytest

from fairgo.privacy.security import detect


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ABN 51 824 753 556", "51 824 753 556"),
        ("abn: 83914571673", "83914571673"),
        ("51 824 753 556", "51 824 753 556"),
        ("abn 51 824 753 557", "51 824 753 557"),
        ("51 824 753 557", None),
        ("83914571673", None),
    ],
)
def test_shape_and_words_decide(text: str, expected: str | None) -> None:
    found = [text[span.start : span.end] for span in detect(text) if span.type == "ABN"]
    assert found == ([expected] if expected else [])
