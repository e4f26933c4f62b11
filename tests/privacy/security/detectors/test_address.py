"""Australian addresses: units, lots, boxes, mail runs, corners, towns; and the many numbers near words that are none."""

import pytest

from fairgo.privacy.security import detect


def found(text: str) -> list[str]:
    return [text[s.start : s.end] for s in detect(text) if s.type == "ADDRESS"]


@pytest.mark.parametrize(
    "address",
    [
        "12/34 Smith St, Carlton VIC 3053",
        "U3 14-16 O'Connell Street, Parramatta NSW 2150",
        "1/22 MARINE PARADE COOLANGATTA QLD 4225",
        "Suite 5, Level 2, 33 Ann St, Brisbane Qld 4000",
        "Room 214, Ursula Hall, 42 Dickson Parade, Acton ACT 2601",
        "Lot 7 Old Coast Rd, Dawesville WA 6211",
        "Lot 22 Wongaling Beach Rd",
        "88 Anzac Parade\nKensington NSW 2033",
        "33 Queen's Parade\nClifton Hill VIC 3068",
        "5 kookaburra cres",
        "8 mckillop dve cranbourne north 3977",
        "flat 2 / 17 the esplanade st kilda",
        "4 The Crescent, Homebush",
        "212 Esplanade, Cairns North QLD 4870",
        "59 st georges tce",
        "2 Acacia Dr, Katoomba",
        "11 high street kew vic",
        "3 George St",
        "nineteen haig street burwood",
        "PO Box 123, Alice Springs NT 0871",
        "P.O. Box 77 Kalgoorlie WA 6430",
        "GPO Box 4567 Melbourne 3001",
        "Locked Bag 22, Bathurst NSW 2795",
        "RMB 1234 Tallangatta Valley Rd, Tallangatta 3700",
        "R.M.B. 2210, Shepparton 3630",
        "RSD 45, Boort VIC 3537",
        "House 52, Yuendumu NT 0872",
        "corner of Hay St and Barrack St",
        "woy woy nsw 2256",
        "Wherevertown NSW 2999",
        "14 Pelican Waters Blvd, Pelican Waters, Queensland, 4551",
    ],
)
@pytest.mark.parametrize("around", ["{}", "please send it to {}.", "c/- {}"])
def test_addresses(address: str, around: str) -> None:
    assert found(around.format(address)) == [address]


def test_fields_of_a_form() -> None:
    text = '{"street": "45 King William Road", "suburb": "Unley", "state":"SA","postcode":"5061"}'
    assert found(text) == ["45 King William Road", "Unley"]


@pytest.mark.parametrize(
    "text",
    [
        *("open 24/7 they said", "5 star street food", "page 12 road map", "2 court dates and 1 close call"),
        *("3 way calls and a 2 drive NAS", "4 lane closures", "12 place settings", "7 st patrick day"),
        *("10 minutes to park the car", "1 street over", "i paid 50 way too much", "20 view limit"),
        *("the Bourke Street Mall store", "the Victoria St office", "a store in Parramatta", "Melbourne"),
        *(
            "I live in a unit",
            "level 2 support",
            "lot 7 in the auction",
            "unit price is 12",
            "suite 2 was dirty",
        ),
        *("order 2150 was sent to NSW", "flying to Sydney 2019", "nsw", "VIC 3", "po number 4521", "box 3"),
        *(
            "$12 george street",
            "my street has no NBN",
            "the address is wrong",
            "house on the corner of my street",
        ),
        *(
            "[ADDRESS]",
            "from [ADDRESS] to [ADDRESS]",
            "see www.example.com/12/smith/st",
            "version 3.12 george st",
        ),
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("again", [str.upper, str.lower])
def test_letter_case_changes_nothing(again: object) -> None:
    text = "i live at u3 14-16 o'connell street, parramatta nsw 2150 and work at 5 park avenue"
    assert callable(again)
    assert [address.casefold() for address in found(again(text))] == found(text)
    assert len(found(text)) == 2
