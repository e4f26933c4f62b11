"""Customers who want a person, who say no to AI, or who ask what they are talking to."""

from fairgo.demo.steps import Customer, Expectation, GiveAgain, PressForPerson, Say, Withdraw

IN_WORDS = (
    Customer(
        "trent",
        (
            Say("my bill is wrong again"),
            Say("nah can i talk to a real person please"),
            Say("hello?"),
        ),
        Expectation(model_calls=1, handed_over=True),
    ),
    Customer(
        "ngaire",
        (
            Say("human pls"),
            Say("its about my dads account"),
        ),
        Expectation(model_calls=0, handed_over=True),
        channel="sms",
    ),
    Customer(
        "vikram",
        (
            Say("Hello, kindly tell me why I am charged for roaming when I was in Sydney only"),
            Say("This is not answering. Kindly connect me with a customer care executive."),
        ),
        Expectation(model_calls=1, handed_over=True),
        channel="app",
    ),
    Customer(
        "marg",
        (
            Say("I'd rather deal with a person if it's all the same to you, love."),
            Say("Take your time."),
        ),
        Expectation(model_calls=0, handed_over=True),
    ),
    Customer(
        "jayden",
        (
            Say("sim not working"),
            Say("did that. still nothing"),
            Say("omg get me someone who actually works there not a robot"),
            Say("you there"),
        ),
        Expectation(model_calls=2, handed_over=True),
        channel="app",
    ),
    Customer(
        "fatima",
        (
            Say("My English is not so good. Please, I want to speak with staff."),
            Say("It is about payment."),
        ),
        Expectation(model_calls=0, handed_over=True),
    ),
    Customer(
        "kev",
        (
            Say("internet is down in Mackay since the storm"),
            Say("this bot is useless, I want a consultant"),
        ),
        Expectation(model_calls=1, handed_over=True),
    ),
    Customer(
        "esther",
        (
            Say("I can't afford the bill this month, I lost my shifts"),
            Say("Is there somebody I can speak to about this?"),
            Say("Thank you, I will wait."),
        ),
        Expectation(model_calls=1, handed_over=True),
    ),
    Customer(
        "stavros",
        (
            Say("AGENT"),
            Say("AGENT!!!"),
        ),
        Expectation(model_calls=0, handed_over=True),
        channel="sms",
    ),
    Customer(
        "mereana",
        (
            Say("how do i move my number over to you guys"),
            Say("too hard on this little screen, can one of your team ring me"),
        ),
        Expectation(model_calls=1, handed_over=True),
        channel="app",
    ),
    Customer(
        "colin",
        (
            Say("Stop giving me computer answers and let me chat with an actual human being."),
            Say("I have been a customer since 1998."),
        ),
        Expectation(model_calls=0, handed_over=True),
    ),
)

BY_BUTTON = (
    Customer(
        "hana",
        (
            Say("i had a weird text with a link and i clicked it"),
            PressForPerson(),
            Say("they have my password i think"),
        ),
        Expectation(model_calls=1, handed_over=True),
        channel="app",
    ),
    Customer(
        "yusuf",
        (
            PressForPerson(),
            Say("I need help with my mother's phone, she is deaf"),
        ),
        Expectation(model_calls=0, handed_over=True),
    ),
)

WITHDRAWING = (
    Customer(
        "rosie",
        (
            Say("is the nbn down in Launceston"),
            Withdraw(),
            Say("so when will it be fixed"),
        ),
        Expectation(model_calls=1, handed_over=True, withdrawn=True),
    ),
    Customer(
        "dieter",
        (
            Say("How do I cancel my plan?"),
            Say("Is there an exit fee?"),
            Withdraw(),
            Say("And what happens to my e-mail address?"),
        ),
        Expectation(model_calls=2, handed_over=True, withdrawn=True),
    ),
    Customer(
        "aaliyah",
        (
            Say("my ex can see who i call, same account"),
            Withdraw(),
            Say("i dont want a machine reading this"),
        ),
        Expectation(model_calls=1, handed_over=True, withdrawn=True),
        channel="app",
    ),
    Customer(
        "gus",
        (
            Say("coverage at Lightning Ridge any good?"),
            Withdraw(),
            Say("whats the cheapest plan then"),
            Say("you still there mate"),
        ),
        Expectation(model_calls=1, handed_over=True, withdrawn=True),
        channel="sms",
    ),
    Customer(
        "shu-fen",
        (
            Say("How much is roaming in Taiwan?"),
            Say("Can I turn it on after I land?"),
            Withdraw(),
            Say("How many days before should I do it?"),
        ),
        Expectation(model_calls=2, handed_over=True, withdrawn=True),
        channel="app",
    ),
    Customer(
        "lachie",
        (
            Say("how do i get an esim"),
            Withdraw(),
            GiveAgain(),
            Say("does it cost anything"),
        ),
        Expectation(model_calls=2, withdrawn=True),
        channel="app",
    ),
)

ASKING_IF_HUMAN = (
    Customer(
        "tilly",
        (
            Say("are you human?"),
            Say("ok, how do i see my data left"),
        ),
        Expectation(model_calls=1, asked_if_human=True),
    ),
    Customer(
        "ahmed",
        (
            Say("how do I bring my number from another company"),
            Say("wait, am I talking to a bot right now"),
        ),
        Expectation(model_calls=1, asked_if_human=True),
        channel="app",
    ),
    Customer(
        "priya",
        (
            Say("Can I have my bill in large print for my grandmother?"),
            Say("Sorry to ask, but is this a real person or a computer?"),
            Say("Thank you"),
        ),
        Expectation(model_calls=2, asked_if_human=True),
    ),
    Customer(
        "blake",
        (
            Say("u a real person or nah"),
            Say("whats the late fee"),
        ),
        Expectation(model_calls=1, asked_if_human=True),
        channel="sms",
    ),
    Customer(
        "sister-anne",
        (
            Say("Before we begin: is there a person typing these replies, or is it AI?"),
            Say("I would like to know how complaints are handled."),
        ),
        Expectation(model_calls=1, asked_if_human=True),
    ),
)
