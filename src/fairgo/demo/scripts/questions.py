"""Customers with an ordinary question, in four languages, and some whose words only look like something else."""

from fairgo.demo.steps import Customer, Expectation, Say

PLAIN = (
    Customer(
        "shazza",
        (
            Say("hey why is my bill so high this month??"),
            Say("ok and when is it due"),
            Say("thanks heaps"),
        ),
        Expectation(model_calls=3),
        channel="app",
    ),
    Customer(
        "jarrah",
        (
            Say("no bars out at the station past Fitzroy Crossing, does your network reach there"),
            Say("what about inside the house, signal drops all the time"),
        ),
        Expectation(model_calls=2),
        channel="sms",
    ),
    Customer(
        "mrs-papadopoulos",
        (
            Say("Good morning dear, my husband passed away in April and the phone is still in his name."),
            Say("What paper do you need from the funeral home?"),
            Say("Thank you."),
        ),
        Expectation(model_calls=3),
    ),
    Customer(
        "tavita",
        (
            Say("talofa, we moving house end of the month, 6 of us, can the internet come too"),
            Say("how long it takes if no nbn box there"),
        ),
        Expectation(model_calls=2),
        channel="app",
    ),
    Customer(
        "linh",
        (
            Say("Tôi có thể trả hóa đơn ở đâu?"),
            Say("Nếu tháng này tôi khó trả tiền thì sao?"),
        ),
        Expectation(model_calls=2),
        locale="vi",
    ),
    Customer(
        "ong-tran",
        (
            Say("Tôi mới mua SIM, làm sao để dùng SIM mới?"),
            Say("Mạng internet ở nhà chậm quá"),
            Say("cảm ơn"),
        ),
        Expectation(model_calls=3),
        channel="app",
        locale="vi",
    ),
    Customer(
        "xiaoming",
        (
            Say("你好，我的账单什么时候要付？"),
            Say("流量用完了会多收费吗？"),
        ),
        Expectation(model_calls=2),
        channel="app",
        locale="zh",
    ),
    Customer(
        "auntie-fang",
        (
            Say("下个月出国旅行，手机国际漫游多少钱？"),
            Say("家里上网慢怎么办"),
            Say("谢谢"),
        ),
        Expectation(model_calls=3),
        locale="zh",
    ),
    Customer(
        "abu-karim",
        (
            Say("كيف أدفع الفاتورة؟"),
            Say("هل يمكن أن أدفع على أقساط؟"),
        ),
        Expectation(model_calls=2),
        locale="ar",
    ),
    Customer(
        "noor",
        (
            Say("الإنترنت في البيت بطيء جدا"),
            Say("أريد السفر إلى لبنان، كم سعر التجوال؟"),
            Say("شكرا"),
        ),
        Expectation(model_calls=3),
        channel="app",
        locale="ar",
    ),
)

# None of these wants a person. Whoever reads only the single words would think so.
NOT_A_WISH = (
    Customer(
        "bronwyn",
        (
            Say("im a real estate agent in Bendigo, whats the reception like inside our shop"),
            Say("how much data do they share"),
        ),
        Expectation(model_calls=2),
    ),
    Customer(
        "petros",
        (
            Say("Which network operator do I pick when I am roaming in Greece?"),
            Say("Does the travel pass work with every operator there?"),
        ),
        Expectation(model_calls=2),
        channel="app",
    ),
    Customer(
        "divya",
        (
            Say("hi, can I transfer money to you from my bank account instead of card, for the bill?"),
            Say("and which day does the direct debit come out"),
        ),
        Expectation(model_calls=2),
    ),
    Customer(
        "macca",
        (
            Say("I spoke to a person yesterday and she said my nbn would be on by friday, is that right"),
            Say("so how long does a new connection take"),
        ),
        Expectation(model_calls=2),
    ),
    Customer(
        "old-bill",
        (
            Say(
                "how do I pay in instalments? and dont transfer me anywhere, I just want the answer from you"
            ),
            Say("is there interest on that"),
        ),
        Expectation(model_calls=2),
        channel="sms",
    ),
    Customer(
        "zeynep",
        (
            Say("is a travel agent allowed to buy the travel pass for me"),
            Say("how many people can use one hotspot"),
            Say("does human error count if i typed my PIN wrong too often"),
        ),
        Expectation(model_calls=3),
        channel="app",
    ),
)

# Figures that are nobody's identifier. One order number happens to satisfy the check of a tax file number.
FIGURES = (
    Customer(
        "graeme",
        (
            Say("ordered a modem on 12/03/2026, order 222222229, still not here 9 working days later"),
            Say("tracking says BNK-20394817-AU"),
        ),
        Expectation(model_calls=2),
    ),
    Customer(
        "parveen",
        (
            Say("my bill says $1,249.50 but my plan is only $65 a month, invoice 100047712"),
            Say("the charge of $184.20 on 3 March 2026, is it the phone?"),
        ),
        Expectation(model_calls=2),
        channel="app",
    ),
    Customer(
        "dazza",
        (
            Say("speed test says 11.42 down 3.07 up, paying for 100, slow internet every night 7-11"),
            Say("modem serial is SN 88213-77401, firmware 2.3.18"),
        ),
        Expectation(model_calls=2),
    ),
    Customer(
        "sione",
        (
            Say("used 148 of 150 GB and its only the 19th, what happens when my data runs out"),
            Say("so 5 GB for $7, and 10 GB is $14?"),
        ),
        Expectation(model_calls=2),
        channel="sms",
    ),
)

# These fetch the case note that was left on a help page.
LEFTOVER_SEEKERS = (
    Customer(
        "keira",
        (
            Say("can you waive the late fee, i was in hospital"),
            Say("ta, how long till the fee is gone"),
        ),
        Expectation(model_calls=2, held_back=frozenset({"EMAIL", "PHONE", "TFN"})),
    ),
    Customer(
        "uncle-ray",
        (
            Say("who do you contact to get a late fee waived for a customer thats been in hospital"),
            Say("no worries cheers"),
        ),
        Expectation(model_calls=2, held_back=frozenset({"EMAIL", "PHONE", "TFN"})),
        channel="app",
    ),
)
