"""Worker processes that neither hang nor stay behind."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading


def settle() -> None:
    """Make a worker process, forked or new, safe to work in.

    Torch works with one thread from here on: a forked process has none of the threads of its
    parent, and would wait for them for ever. When the parent ends, however it ends, so does the
    process.
    """
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)  # there is nobody to tell
