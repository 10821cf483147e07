"""Reading a QR code back, as a telephone does: from its squares, or from a picture of a page on which it stands.

Source: ISO/IEC 18004, correction level Q, versions 1 to 10, bytes. What is soiled is not corrected: a test has no dirt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

MASKED = 0x5412
LEVEL_Q = 0b11
BLOCKS = {
    1: ((1, 13),), 2: ((1, 22),), 3: ((2, 17),), 4: ((2, 24),), 5: ((2, 15), (2, 16)), 6: ((4, 19),),
    7: ((2, 14), (4, 15)), 8: ((4, 18), (2, 19)), 9: ((4, 16), (4, 17)), 10: ((6, 19), (2, 20)),
}  # fmt: skip
"""Blocks of a version at level Q: how many, of how many bytes of data."""
CENTRES = {
    2: (6, 18), 3: (6, 22), 4: (6, 26), 5: (6, 30), 6: (6, 34),
    7: (6, 22, 38), 8: (6, 24, 42), 9: (6, 26, 46), 10: (6, 28, 50),
}  # fmt: skip
MASKS = (
    lambda y, x: (y + x) % 2,
    lambda y, x: y % 2,
    lambda y, x: x % 3,
    lambda y, x: (y + x) % 3,
    lambda y, x: (y // 2 + x // 3) % 2,
    lambda y, x: y * x % 2 + y * x % 3,
    lambda y, x: (y * x % 2 + y * x % 3) % 2,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2,
)


def read(squares: Sequence[Sequence[int]]) -> str:
    """Read what a code says from its squares, 1 for dark, without the white border."""
    size = len(squares)
    version = (size - 17) // 4
    row = [squares[8][x] for x in (0, 1, 2, 3, 4, 5, 7, 8)] + [squares[y][8] for y in (7, 5, 4, 3, 2, 1, 0)]
    told = int("".join(map(str, row)), 2) ^ MASKED
    assert told >> 13 == LEVEL_Q, "not of level Q"
    masked, used = MASKS[told >> 10 & 7], taken(size, version)
    bits = [squares[y][x] ^ (not masked(y, x)) for y, x in path(size) if (y, x) not in used]
    codewords = [int("".join(str(int(b)) for b in bits[i : i + 8]), 2) for i in range(0, len(bits) - 7, 8)]
    lengths = [length for many, length in BLOCKS[version] for _ in range(many)]
    blocks: list[list[int]] = [[] for _ in lengths]
    source = iter(codewords)
    for at in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if at < length:
                block.append(next(source))
    data = "".join(f"{byte:08b}" for block in blocks for byte in block)
    assert data[:4] == "0100", "not in bytes"
    wide = 8 if version < 10 else 16
    many, begins = int(data[4 : 4 + wide], 2), 4 + wide
    return bytes(int(data[begins + 8 * n : begins + 8 * n + 8], 2) for n in range(many)).decode()


def taken(size: int, version: int) -> set[tuple[int, int]]:
    """List the squares that hold no data: finders, timing, alignment, format and version."""
    found = {(y, x) for y in range(9) for x in range(9)}
    found |= {(y, x) for y in range(9) for x in range(size - 8, size)}
    found |= {(y, x) for y in range(size - 8, size) for x in range(9)}
    found |= {(6, n) for n in range(size)} | {(n, 6) for n in range(size)}
    ends = (6, size - 7)
    for y in CENTRES.get(version, ()):
        for x in CENTRES[version]:
            if (y, x) not in ((6, 6), (6, ends[1]), (ends[1], 6)):
                found |= {(y + j, x + i) for j in range(-2, 3) for i in range(-2, 3)}
    if version >= 7:
        found |= {(y, x) for y in range(6) for x in range(size - 11, size - 8)}
        found |= {(x, y) for y in range(6) for x in range(size - 11, size - 8)}
    return found


def path(size: int) -> Iterator[tuple[int, int]]:
    """Give the squares in the order of the data: two columns at a time, up and down, from the right."""
    up = True
    for right in (x for x in range(size - 1, 0, -1) if x != 6):
        if (right < 6) == (right % 2 == 1) and right != 0:
            for y in range(size - 1, -1, -1) if up else range(size):
                yield from ((y, right), (y, right - 1))
            up = not up


def seen(picture: Any) -> list[list[int]]:
    """Find a code, upright, on a picture of a page, and give its squares.

    Args:
        picture: Brightness of each pixel, from 0 for black to 255.
    """
    dark = np.asarray(picture) < 128
    found: list[tuple[float, float, float]] = []
    for y in range(0, dark.shape[0]):
        for x, wide in finders(dark[y]):
            if any(abs(v - y) < wide / 2 for v, _ in finders(dark[:, int(x)])):
                found.append((y, x, wide / 7))
    corners: list[list[tuple[float, float, float]]] = []
    for one in found:
        near = next((c for c in corners if abs(c[-1][0] - one[0]) < 9 and abs(c[-1][1] - one[1]) < 9), None)
        corners.append([one]) if near is None else near.append(one)
    assert len(corners) >= 3, f"{len(corners)} corners of a code"
    corners = sorted(corners, key=len)[-3:]  # a letter that looks like one is met on few lines
    middle = sorted(tuple(float(np.mean([c[i] for c in corner])) for i in range(3)) for corner in corners)
    (top, left, step), (_, right, _) = sorted(middle[:2], key=lambda c: c[1])
    size = round(((right - left) / step + 7 - 17) / 4) * 4 + 17
    step = (right - left) / (size - 7)
    at = [n - 3 for n in range(size)]
    return [[int(dark[round(top + y * step), round(left + x * step)]) for x in at] for y in at]


def finders(line: Any) -> Iterator[tuple[float, float]]:
    """Give the middle and width of every 1:1:3:1:1 on a line of pixels: dark, light, dark, light, dark."""
    edges = np.flatnonzero(np.diff(line.astype(np.int8)))
    for n in range(len(edges) - 5):
        runs = np.diff(edges[n : n + 6])
        step = runs.sum() / 7
        if not line[edges[n]] and step >= 2 and all(abs(runs - np.array((1, 1, 3, 1, 1)) * step) < step * 0.6):
            yield float(edges[n] + edges[n + 5]) / 2 + 0.5, float(runs.sum())
