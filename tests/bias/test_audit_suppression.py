"""Small groups stay hidden, also from those who subtract."""

from hypothesis import given
from hypothesis import strategies as st

from fairgo.bias import audits
from fairgo.bias.audits import CellState, Finding, Plan
from tests.bias import examples


def states(audit):
    return {tuple(cell.groups.values()): cell.state for cell in audit.cells if cell.groups}


def test_a_small_group_is_hidden_and_takes_the_next_smallest_with_it():
    cube = examples.counted(["g"], {("a",): (1, 3), ("b",): (20, 40), ("c",): (50, 90), ("d",): (60, 99)})
    audit = audits.measure(cube, Plan(positive="yes"))
    hidden = {key for key, state in states(audit).items() if state is CellState.SUPPRESSED}
    assert hidden == {("a",), ("b",)}
    assert [part.n for part in audit.suppressed] == [3, 40]
    assert "fewer than 5" in audit.suppressed[0].reason
    assert "subtraction" in audit.suppressed[1].reason
    cell = examples.cell(audit, "selection_rate", g="b")
    assert (cell.numerator, cell.denominator, cell.value, cell.low, cell.high) == (None,) * 5
    assert cell.n == 40


def test_a_hidden_group_keeps_the_verdict_open():
    cube = examples.counted(
        ["g"], {("a",): (1, 3), ("b",): (1, 3), ("c",): (5000, 9000), ("d",): (5000, 9000)}
    )
    audit = audits.measure(cube, Plan(positive="yes"))
    assert audit.verdict is Finding.CANNOT_TELL
    gap = examples.gap(audit, "selection_rate", g="a")
    assert (gap.gap, gap.p, gap.verdict) == (None, None, Finding.CANNOT_TELL)
    assert "suppressed" in gap.reason


def test_the_smallest_size_can_be_set():
    cube = examples.counted(["g"], {("a",): (1, 3), ("b",): (20, 40)})
    assert not audits.measure(cube, Plan(positive="yes", min_n=1)).suppressed
    assert len(audits.measure(cube, Plan(positive="yes", min_n=41)).suppressed) == 2


def test_a_reference_too_small_to_show_compares_nobody():
    cube = examples.counted(["g"], {("a",): (1, 3), ("b",): (1, 4), ("c",): (50, 90), ("d",): (40, 90)})
    audit = audits.measure(cube, Plan(positive="yes", reference={"g": "a"}))
    assert all(gap.gap is None for gap in audit.gaps)
    assert "the reference: suppressed" in examples.gap(audit, "selection_rate", g="c").reason


SIZES = st.fixed_dictionaries({(g, h): st.integers(0, 30) for g in "abc" for h in "xyz"}).filter(
    lambda sizes: sum(sizes.values()) >= 5
)


@given(SIZES)
def test_nobody_can_subtract_their_way_to_a_small_group(sizes):
    groups = {key: (size - size // 2, size) for key, size in sizes.items() if size}
    audit = audits.measure(examples.counted(["g", "h"], groups), Plan(positive="yes", draws=9))
    shown = {
        tuple(sorted(cell.groups.items())): cell.state is not CellState.SUPPRESSED for cell in audit.cells
    }
    n = {tuple(sorted(cell.groups.items())): cell.n for cell in audit.cells}
    for attribute, other in (("g", "h"), ("h", "g")):
        check([key for key in shown if len(key) == 1 and key[0][0] == attribute], shown, n)
        for total in [key for key in shown if len(key) == 1 and key[0][0] == attribute]:
            parts = [key for key in shown if len(key) == 2 and total[0] in key]
            if shown[total]:
                check(parts, shown, n)
            else:
                assert not all(shown[part] for part in parts), (total, other)


def check(parts, shown, n):
    """What is hidden along a total that is shown comes from two groups and five rows at least."""
    hidden = [part for part in parts if not shown[part]]
    if not hidden or len(hidden) == len(parts):
        return
    assert len(hidden) > 1
    assert sum(n[part] for part in hidden) >= 5
