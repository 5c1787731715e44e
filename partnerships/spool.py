"""Lines of very many records, read in the order in which these lie.

A list's order scatters its records over the database, and to fetch each from another
place takes most of the time. Here the lines come in the order of the keys and wait in a
file that has no name, until they can be told in the order of the list.
"""

import os
from array import array
from collections.abc import Callable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import Any

# Lines handed out at once.
TOGETHER = 2000
# Bytes that wait in memory for those that belong beside them.
WAITING = 10_000_000


class Stretch:
    """Lines that stand together in the list, in the order in which they came.

    They lie in a few places of the file: to read each by itself would let the other
    threads of the process go first as often.
    """

    def __init__(self):
        self.places = array("q")
        self.lengths = array("q")
        self.parts: list[tuple[int, int]] = []  # where in the file, and how long
        self.waiting: list[bytes] = []
        self.size = 0

    def add(self, place: int, line: bytes) -> int:
        """Return how many bytes wait."""
        self.places.append(place)
        self.lengths.append(len(line))
        self.waiting.append(line)
        self.size += len(line)
        return self.size

    def write(self, file) -> None:
        self.parts.append((file.tell(), self.size))
        file.write(b"".join(self.waiting))
        self.waiting, self.size = [], 0

    def told(self, file) -> bytes:
        parts = [os.pread(file.fileno(), size, start) for start, size in self.parts]
        came = b"".join([*parts, *self.waiting])
        lines, at = {}, 0
        for place, length in zip(self.places, self.lengths, strict=True):
            lines[place] = came[at : at + length]
            at += length
        return b"".join(lines[place] for place in sorted(lines))


def told_in_order(
    keys: Sequence[int],
    read: Callable[[Sequence[int], Callable[[int, bytes], Any]], None],
    chunk: int,
) -> Iterator[bytes]:
    """Yield the line of each key, in their order.

    `read` is asked for so many at a time, and hands on each key with its line. It is
    done before the first is told. The file is gone with the reader or the process.
    """
    places = array("q", sorted(range(len(keys)), key=keys.__getitem__))
    stretches = [Stretch() for _ in range(0, len(keys), TOGETHER)]
    most = WAITING // (len(stretches) or 1)
    with TemporaryFile() as file:

        def take(key: int, line: bytes) -> None:
            place = waiting.get(key)
            if place is not None:
                stretch = stretches[place // TOGETHER]
                if stretch.add(place, line) > most:
                    stretch.write(file)

        for first in range(0, len(keys), chunk):
            waiting = {keys[it]: it for it in places[first : first + chunk]}
            read([*waiting], take)
        file.flush()
        for stretch in stretches:
            yield stretch.told(file)
