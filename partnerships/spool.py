"""Lines of very many records, read in the order in which these lie.

A list's order scatters its records over the database, and to fetch each from another
place takes most of the time. Here the lines come in the order of the keys and wait in a
file that has no name, until they can be told in the order of the list.
"""

import os
from array import array
from collections.abc import Callable, Iterator, Sequence
from tempfile import TemporaryFile

# Lines handed out at once.
TOGETHER = 1000


def told_in_order(
    keys: Sequence[int],
    lines_of: Callable[[Sequence[int]], list[str]],
    chunk: int,
) -> Iterator[bytes]:
    """Yield the line of each key, in their order.

    `lines_of` is asked for so many at a time, and is done before the first is told. The
    file is gone with the reader, or with the process.
    """
    places = array("q", sorted(range(len(keys)), key=keys.__getitem__))
    starts, ends = array("q", bytes(8 * len(keys))), array("q", bytes(8 * len(keys)))
    with TemporaryFile() as file:
        at = 0
        for first in range(0, len(keys), chunk):
            some = places[first : first + chunk]
            lines = lines_of([keys[it] for it in some])
            for place, line in zip(some, lines, strict=True):
                starts[place], at = at, at + file.write(line.encode())
                ends[place] = at
            del lines  # or there were those of two at a time
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
