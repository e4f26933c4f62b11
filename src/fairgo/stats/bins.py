"""Fixed bins for scores and amounts, the same for every table, so that histograms of days and shards add up.

`probability`: 1,000 equal bins from 0 to 1. `relative`: every doubling of the size has 64 equal bins, so the middle of a
bin is within 0.8 % of every number in it; 0 has a bin of its own, negative numbers mirror the positive ones, and whole
numbers up to 128 fall into bins of their own. Sizes below 2**-20 count as 0.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt

from fairgo.stats.rates import FloatArray, IntArray

Kind = Literal["probability", "relative"]

PARTS = 1000
SMALLEST = -20  # powers of two
DOUBLINGS = (64, 32, 16, 8, 4, 2, 1)
STEPS = 64


def bin_of(values: npt.ArrayLike, kind: Kind) -> IntArray:
    """The bin of each number; engines do the same with the same steps, so that none differs by a rounding."""
    x = np.asarray(values, dtype=np.float64)
    if kind == "probability":
        return np.minimum(np.floor(x * PARTS), PARTS - 1).astype(np.int64)
    size = np.abs(x) * 2.0**-SMALLEST
    octave = np.zeros(size.shape)
    for power in DOUBLINGS:
        large = size >= 2.0**power
        size = np.where(large, size * 2.0**-power, size)
        octave = np.where(large, octave + power, octave)
    place = octave * STEPS + np.floor(size * STEPS) - STEPS + 1
    return np.where(size < 1, 0, np.sign(x) * place).astype(np.int64)


def edges(places: npt.ArrayLike, kind: Kind) -> tuple[FloatArray, FloatArray]:
    """The lower and upper edge of each bin; towards infinity numbers on an edge belong to the bin beyond it."""
    place = np.asarray(places, dtype=np.int64)
    if kind == "probability":
        return place / PARTS, (place + 1) / PARTS
    octave, step = np.divmod(np.abs(place) - 1, STEPS)
    scale = 2.0 ** (octave + SMALLEST)
    near, far = (1 + step / STEPS) * scale, (1 + (step + 1) / STEPS) * scale
    near, far = np.where(place == 0, 0.0, near), np.where(place == 0, 0.0, far)
    return np.where(place < 0, -far, near), np.where(place < 0, -near, far)


def middles(places: npt.ArrayLike, kind: Kind) -> FloatArray:
    """The number that stands for each bin: a whole number where the bin holds just one, else the middle."""
    low, high = edges(places, kind)
    middle = (low + high) / 2
    if kind == "probability":
        return middle
    # Bins no wider than 1 that begin at a whole number and lie below 128 hold whole amounts (minutes, points, dollars).
    near = np.where(low < 0, high, low)
    return np.where((near == np.floor(near)) & (np.abs(near) < 2 * STEPS), near, middle)
