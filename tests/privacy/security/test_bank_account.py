"""Bank accounts: BSB and number, each where words say so."""

import pytest

from fairgo.privacy.security import detect


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BSB 062-000", "062-000"),
        ("bsb: 062000", "062000"),
        ("my bank account is 1234 5678", "1234 5678"),
        ("acct 12345678, westpac", "12345678"),
        ("refund it to account 123456789 at NAB", "123456789"),
        ("IBAN GB29 NWBK 6016 1331 9268 19", "GB29 NWBK 6016 1331 9268 19"),
        ("银行账号 12345678", "12345678"),
        ("my account number with you is 10023456", None),
        ("account 10023456", None),
        ("062-000", None),
        ("transfer $20000 from savings to my other account", None),
    ],
)
def test_shape_and_words_decide(text: str, expected: str | None) -> None:
    found = [text[span.start : span.end] for span in detect(text) if span.type == "BANK_ACCOUNT"]
    assert found == ([expected] if expected else [])
