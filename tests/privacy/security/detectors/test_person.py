"""People's names: where they are introduced, next to each other, in many scripts; and the many words that are none."""

import pytest

from fairgo.privacy.security import detect


def found(text: str) -> list[str]:
    return [text[s.start : s.end] for s in detect(text) if s.type == "PERSON"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("this is priya nair speaking", ["priya nair"]),
        ("My name's Thuy and I moved", ["Thuy"]),
        ("my names jono", ["jono"]),
        ("name: Xqwv Obertzki", ["Xqwv Obertzki"]),
        ("last name Vukovic first name Mirjana", ["Vukovic", "Mirjana"]),
        ('{"first_name": "Tui", "last_name": "Ngatai"}', ["Tui", "Ngatai"]),
        ("I'm Wei Zhang from Box Hill", ["Wei Zhang"]),
        ("i am will parker and the modem is dead", ["will parker"]),
        ("it's Oluwaseun Adeyemi. no show", ["Oluwaseun Adeyemi"]),
        ("ask for Mr. O'Brien", ["Mr. O'Brien"]),
        ("Dr Ranasinghe referred me", ["Dr Ranasinghe"]),
        ("my husband Tom pays", ["Tom"]),
        ("my mate Robbo said so", ["Robbo"]),
        ("Fatima Al-Sayed's account", ["Fatima Al-Sayed"]),
        ("Kind regards,\nStavroula Papadimitriou", ["Stavroula Papadimitriou"]),
        ("Dear Ms Kowalczyk,\nthank you", ["Ms Kowalczyk"]),
        ("hi shanelle, thanks", ["shanelle"]),
        ("Passenger: Kim Ji-hoon", ["Kim Ji-hoon"]),
        ("Customer name: Anna-Lise van der Merwe", ["Anna-Lise van der Merwe"]),
        ("name on the card: Mohammed bin Rashid Al Hashimi", ["Mohammed bin Rashid Al Hashimi"]),
        ("full name José de la Cruz", ["José de la Cruz"]),
        ("the account is under NGUYEN THI MINH KHAI", ["NGUYEN THI MINH KHAI"]),
        ("signed for by S. Mbeki", ["S. Mbeki"]),
        ("Account name: G & E Papadopoulos", ["G & E Papadopoulos"]),
        ("Grace Liu is my carer", ["Grace Liu"]),
        ("prue speaking", ["prue"]),
        ("someone called Trev", ["Trev"]),
        ("for Noah, Finn and Rose", ["Noah", "Finn", "Rose"]),
        ("LIU, Wenjing", ["LIU, Wenjing"]),
        ("Can I have your full name please?\nxqwv obertzki", ["xqwv obertzki"]),
        ("my name is uh terry", ["terry"]),
        ('{"customerName":"Xanthe Moor", "hostname":"odhran"}', ["Xanthe Moor"]),
        ("| **Name** | Priyanka Patel |", ["Priyanka Patel"]),
        ("PID|1||123||ZHANG^WEIMIN||1980|F", ["ZHANG^WEIMIN"]),
        ("Jack Brown told me", ["Jack Brown"]),
        ("It's Rupert Ashcombe-Villiers.", ["Rupert Ashcombe-Villiers"]),
    ],
)
def test_names_in_english_sentences(text: str, names: list[str]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我叫王小明,我的订单", "王小明"),
        ("您好,我姓欧阳", "欧阳"),
        ("陈美玲女士", "陈美玲"),
        ("tôi tên là Trần Văn Hùng, xin hủy", "Trần Văn Hùng"),
        ("em là Nguyễn Thị Lan ạ", "Nguyễn Thị Lan"),
        ("اسمي محمد العلي", "محمد العلي"),
        ("με λένε Γιώργος Παπαδόπουλος και δεν", "Γιώργος Παπαδόπουλος"),
        ("मेरा नाम राजेश कुमार है", "राजेश कुमार"),
        ("ਮੇਰਾ ਨਾਮ ਗੁਰਪ੍ਰੀਤ ਕੌਰ ਹੈ", "ਗੁਰਪ੍ਰੀਤ ਕੌਰ"),
        ("mi chiamo Giuseppe Esposito, la bolletta", "Giuseppe Esposito"),
        ("me llamo Guadalupe Fernández y no", "Guadalupe Fernández"),
        ("je m'appelle François Lemaire", "François Lemaire"),
        ("ako si Jun Reyes, wala pa", "Jun Reyes"),
        ("nama saya Siti Rahmawati", "Siti Rahmawati"),
        ("benim adım Ayşe Yılmaz", "Ayşe Yılmaz"),
        ("nazywam się Agnieszka Wiśniewska", "Agnieszka Wiśniewska"),
    ],
)
def test_names_in_other_languages(text: str, name: str) -> None:
    assert found(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        *("is there a grace period on my bill?", "mark my words", "will you refund me", "I hope so", "May 1"),
        *("this is ridiculous", "I'm angry and I'm waiting", "I'm Happy with it", "im wating", "this is it"),
        *("my name is wrong on the bill", "My name is spelt wrong", "user name and password", "your name?"),
        *("the plan name is Saver Plus", "product name: Dyson", "thanks mate", "Hi Banksia, can you help"),
        *("Dear Sir or Madam", "Kind regards", "dear valued customer", "Hi team, hello all"),
        *("I bought it at Harvey Norman", "a David Jones gift card", "Jim's Mowing came", "Dan Murphy's"),
        *("the Victoria St office", "Prince Charles Hospital", "St John Ambulance", "Barker Street store"),
        *("I flew from Sydney to Melbourne", "Victoria is cold", "in San Francisco", "the Chelsea boots"),
        *(
            "speak to a manager",
            "who is speaking please",
            "is anyone here",
            "my husband is home",
            "my wife and I",
        ),
        *("my name is [PERSON]", "name: [PERSON]", "regards,\n[PERSON]", "the-a and-i so-so"),
        *("Russell Hobbs toaster", "the Olivia bed", "Emma mattress return", "at Luigi's", "the dog (Bella)"),
        *("m for mike o for oscar", "that's c as in charlie", "charlie oscar mike", "don't be a Karen"),
        *("my son will pay", "20 ms latency", "doctor referal", "I'm tassie", "it's summer, finally"),
        *("soy cliente desde hace diez años", "sono cliente da dieci anni", "أنا غاضب جدا", "मैं ग्राहक हूँ"),
        *("write to priya@example.com", "see www.harvey.com", "path /users/priya/x", "@priya"),
        *(
            "¿por qué no funciona?",
            "我想取消订单",
            "tôi muốn hủy đơn hàng",
            "أريد إلغاء الطلب",
            "non funziona mai",
        ),
    ],
)
def test_what_is_no_name(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("again", [str.upper, str.lower, str.title])
def test_letter_case_changes_nothing(again: object) -> None:
    text = "hi this is priya nair speaking, my husband tom and grace liu said ask for mr o'brien"
    assert callable(again)
    assert [name.casefold() for name in found(again(text))] == found(text)
    assert len(found(text)) == 4
