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
TOGETHER = 1000
# Bytes written at once.
BUFFER = 2**20


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
    starts, ends = array("q", bytes(8 * len(keys))), array("q", bytes(8 * len(keys)))
    with TemporaryFile(buffering=BUFFER) as file:
        at = 0

        def take(key: int, line: bytes) -> None:
            nonlocal at
            place = waiting.get(key)
            if place is not None:
                starts[place], at = at, at + file.write(line)
                ends[place] = at

        for first in range(0, len(keys), chunk):
            waiting = {keys[it]: it for it in places[first : first + chunk]}
            read([*waiting], take)
        file.flush()
        for first in range(0, len(keys), TOGETHER):
            yield b"".join(
                os.pread(file.fileno(), end - start, start)
                for start, end in zip(
                    starts[first : first + TOGETHER],
                    ends[first : first + TOGETHER],
                    strict=True,
                )
            )
