"""How far a rate could lie from what is seen when something is not known: nothing is assumed about what is missing.

Source: Manski's worst-case bounds for missing data.
"""

from fairgo.stats.rates import FloatArray, IntArray, shares


def with_unknown_members(
    successes: IntArray, trials: IntArray, unknown: tuple[int, int]
) -> tuple[FloatArray, FloatArray]:
    """The lowest and highest rate a group could have if any of the people of unknown group belonged to it.

    `unknown` are the successes and trials of those who did not say. Not-a-number where nobody could be in the group.
    """
    good, bad = unknown[0], unknown[1] - unknown[0]
    return shares(successes, trials + bad), shares(successes + good, trials + good)


def with_unknown_outcomes(
    successes: IntArray, trials: IntArray, unknown: IntArray
) -> tuple[FloatArray, FloatArray]:
    """The lowest and highest rate a group could have if the outcomes that are missing were all bad, or all good."""
    return shares(successes, trials + unknown), shares(successes + unknown, trials + unknown)
