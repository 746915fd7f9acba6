"""A process that performs one order (`remote`): from standard input, the reply to standard output. It may die.

It ends with the worker that started it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Perform the order."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a stop is the client's to order
    out = os.dup(1)
    os.dup2(2, 1)  # whatever prints something must not print it into the reply
    from pipeline.build.remote import Order, packed, performed, unpacked
    from pipeline.limits import bound_memory

    order: Order = unpacked(sys.stdin.buffer.read())
    bound_memory()
    with os.fdopen(out, "wb") as file:
        file.write(packed(performed(order, "")))


if __name__ == "__main__":
    main()
