"""Customers who type an identifier: tax file and Medicare numbers, phones, e-mail addresses, cards."""

from fairgo.demo.steps import Customer, Expectation, Say

GOVERNMENT = (
    Customer(
        "helen",
        (
            Say("I am on the pension, do I get a discount? My TFN is 123 456 782."),
            Say("Does that mean more time to pay as well?"),
        ),
        Expectation(model_calls=2, redacted=frozenset({"TFN"})),
        gives=("123 456 782",),
    ),
    Customer(
        "bao",
        (
            Say("payment plan pls, lost my job"),
            Say("tax file number 876543210 if u need it"),
        ),
        Expectation(model_calls=2, redacted=frozenset({"TFN"})),
        channel="app",
        gives=("876543210",),
    ),
    Customer(
        "norm",
        (
            Say("my tfn is 81854402, from the old days, only 8 digits"),
            Say("so can i pay the bill in parts"),
        ),
        Expectation(model_calls=2, redacted=frozenset({"TFN"})),
        gives=("81854402",),
    ),
    Customer(
        "samira",
        (
            Say("For the hardship form do you want my tax file number?"),
            Say("ok it's 333-333-338"),
            Say("how many months can I spread it over"),
        ),
        Expectation(model_calls=3, redacted=frozenset({"TFN"})),
        gives=("333-333-338",),
    ),
    Customer(
        "dot",
        (
            Say("I am a pensioner, Medicare no. 2123 45670 1, is there a cheaper plan for me?"),
            Say("Thank you dear"),
        ),
        Expectation(model_calls=2, redacted=frozenset({"MEDICARE"})),
        gives=("2123 45670 1",),
    ),
    Customer(
        "wiremu",
        (
            Say("need the phone line fixed first, health reasons. medicare card 2428778131"),
            Say("how long do repairs take in a power cut"),
        ),
        Expectation(model_calls=2, redacted=frozenset({"MEDICARE"})),
        channel="sms",
        gives=("2428778131",),
    ),
    Customer(
        "ileana",
        (
            Say("How can I prove who I am? I have Medicare 3333 33330 1 and TFN 555 555 556."),
            Say("Which of the two do you keep?"),
        ),
        Expectation(model_calls=2, redacted=frozenset({"MEDICARE", "TFN"})),
        gives=("3333 33330 1", "555 555 556"),
    ),
    Customer(
        "thanh",
        (
            Say("my medicare number is 5050-50500-1 for the interpreter booking"),
            Say("is an interpreter free"),
        ),
        Expectation(model_calls=2, redacted=frozenset({"MEDICARE"})),
        channel="app",
        gives=("5050-50500-1",),
    ),
)

CONTACT = (
    Customer(
        "brayden",
        (
            Say("lost my phone on the tram, number is 0491 570 006, block the sim"),
            Say("what number have you got for me now"),
        ),
        Expectation(model_calls=2, redacted=frozenset({"PHONE"})),
        gives=("0491 570 006",),
    ),
    Customer(
        "karla",
        (
            Say("Please send my bill to karla.m+bills@example.com instead"),
            Say("And the due date, does it stay the same?"),
        ),
        Expectation(model_calls=2, redacted=frozenset({"EMAIL"})),
        gives=("karla.m+bills@example.com",),
    ),
    Customer(
        "ibrahim",
        (
            Say("Assalamu alaikum, I want to bring my number +61 491 570 156 to Banksia"),
            Say("how many hours for the transfer of the number"),
        ),
        Expectation(model_calls=2, redacted=frozenset({"PHONE"})),
        channel="app",
        gives=("+61 491 570 156",),
    ),
    Customer(
        "debbie",
        (
            Say("pay my bill with card 4111 1111 1111 1111 exp 09/28"),
            Say("oh should i not have typed that here. how do i pay"),
        ),
        Expectation(model_calls=2, redacted=frozenset({"CARD"})),
        gives=("4111 1111 1111 1111",),
    ),
    Customer(
        "lorenzo",
        (
            Say("someone rang from (03) 5550 1234 and asked for my card 5555555555554444, was that a scam?"),
            Say("i changed the password already. anything else"),
        ),
        Expectation(model_calls=2, redacted=frozenset({"CARD", "PHONE"})),
        gives=("(03) 5550 1234", "5555555555554444"),
    ),
    Customer(
        "mai",
        (
            Say("reach me at mai_tran88@mail.example or 0491-570-157 about the outage"),
            Say("which email have you got for me?"),
            Say("ok good"),
        ),
        Expectation(model_calls=3, redacted=frozenset({"EMAIL", "PHONE"})),
        channel="sms",
        gives=("mai_tran88@mail.example", "0491-570-157"),
    ),
)
