"""One AES-GCM ciphertext that opens under two keys, to different messages: GCM does not commit to its key.

The tag is linear in the ciphertext, so one free block can make the tags of two keys equal (Dodis et al., 2018).
"""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

POLYNOMIAL = 0xE1 << 120
NONCE = b"n" * 12
BLOCKS = 6


def two_messages(first: bytes, second: bytes, bound_to: bytes) -> bytes:
    """Nonce, ciphertext and tag that both keys accept with this associated data."""
    bound = _blocks(bound_to)
    cipher = [0] * BLOCKS
    length = (len(bound_to) * 8) << 64 | BLOCKS * 128
    h_one, h_two = (_number(_encrypted(key, bytes(16))) for key in (first, second))
    start_one, start_two = (_number(_encrypted(key, NONCE + b"\0\0\0\1")) for key in (first, second))
    # Every block but the last of the ciphertext is given; the last is solved for.
    rest = _hashed(h_one, [*bound, *cipher, length]) ^ start_one
    rest ^= _hashed(h_two, [*bound, *cipher, length]) ^ start_two
    slope = _times(h_one, h_one) ^ _times(h_two, h_two)
    cipher[-1] = _times(rest, _inverse(slope))
    tag = _hashed(h_one, [*bound, *cipher, length]) ^ start_one
    return NONCE + b"".join(block.to_bytes(16, "big") for block in (*cipher, tag))


def _hashed(key: int, blocks: list[int]) -> int:
    value = 0
    for block in blocks:
        value = _times(value ^ block, key)
    return value


def _times(one: int, two: int) -> int:
    product = 0
    for at in range(127, -1, -1):
        if one >> at & 1:
            product ^= two
        two = two >> 1 ^ (POLYNOMIAL if two & 1 else 0)
    return product


def _inverse(value: int) -> int:
    """Value to the power 2¹²⁸ - 2."""
    result, power = 1 << 127, value
    for _ in range(127):
        power = _times(power, power)
        result = _times(result, power)
    return result


def _encrypted(key: bytes, block: bytes) -> bytes:
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(block)  # noqa: S305 - one block, as GCM itself does


def _blocks(data: bytes) -> list[int]:
    padded = data + bytes(-len(data) % 16)
    return [_number(padded[at : at + 16]) for at in range(0, len(padded), 16)]


def _number(block: bytes) -> int:
    return int.from_bytes(block, "big")
