"""Sums of decimal numbers that come out the same in any order, on any engine: numbers cut into whole limbs.

Adding floating-point numbers gives a different last digit for every order, and every engine has its own. So a number is
taken in units of 2**-40 and cut into three whole limbs of 30 bits (the highest takes the rest), each of which engines
add as 64-bit integers without rounding. Only the finished sum becomes a floating-point number again.
"""

import numpy as np
import numpy.typing as npt

from fairgo.stats.rates import FloatArray, IntArray

UNIT = 2.0**40  # parts that one is cut into; what is smaller than a half of one part is lost
LIMB = 2.0**30
LIMBS = 3
# Beyond this the highest limbs of two thousand million rows could no longer be added in 64 bits.
LARGEST = 2.0**50


def limbs(values: npt.ArrayLike) -> IntArray:
    """Numbers of shape (n,) as limbs of shape (n, 3), highest first. Numbers must be finite and below 2**50 in size.

    The size is cut up and the sign given to every limb: cutting a small negative number down from 2**60 would round it.
    """
    x = np.asarray(values, dtype=np.float64)
    whole = np.floor(np.abs(x) * UNIT + 0.5)
    high = np.floor(whole / (LIMB * LIMB))
    rest = whole - high * (LIMB * LIMB)
    middle = np.floor(rest / LIMB)
    parts = np.stack([high, middle, rest - middle * LIMB], axis=-1)
    answer: IntArray = (np.where(x < 0, -1.0, 1.0)[..., None] * parts).astype(np.int64)
    return answer


def totals(sums: IntArray) -> FloatArray:
    """Sums of limbs of shape (..., 3) as the nearest floating-point numbers of shape (...)."""
    flat = sums.reshape(-1, LIMBS).tolist()
    scale, limb = int(UNIT), int(LIMB)
    exact = [((high * limb + middle) * limb + low) / scale for high, middle, low in flat]
    return np.array(exact, dtype=np.float64).reshape(sums.shape[:-1])
