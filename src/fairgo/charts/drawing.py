"""The drawing process: specifications in on stdin, pictures out on stdout, until stdin ends. See `rendering`.

A request is a length of four bytes and JSON with `spec`, `form` and `scale`; an answer is a byte that is 0 when it was
drawn, a length, and the picture.
"""

import json
import struct
import sys

import vl_convert

_LENGTH = struct.Struct(">I")


def draw(asked: bytes) -> bytes:
    """One picture. Raises ValueError when the specification cannot be drawn; addresses in it are never fetched."""
    request = json.loads(asked)
    specification = request["spec"]
    if request["form"] == "svg":
        svg: str = vl_convert.vegalite_to_svg(specification, allowed_base_urls=[])
        return svg.encode()
    png: bytes = vl_convert.vegalite_to_png(specification, scale=request["scale"], allowed_base_urls=[])
    return png


def serve() -> None:
    """Answer requests until there are no more."""
    while head := sys.stdin.buffer.read(_LENGTH.size):
        asked = sys.stdin.buffer.read(_LENGTH.unpack(head)[0])
        try:
            state, answer = b"\x00", draw(asked)
        except Exception:  # noqa: BLE001 - the asker only needs to know; nothing of the data may reach a log
            state, answer = b"\x01", b""
        sys.stdout.buffer.write(state + _LENGTH.pack(len(answer)) + answer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    serve()
