"""What only native libraries can do: load without output, return memory, exchange folders."""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def quiet_native_libraries() -> Iterator[None]:
    """Hide what C++ libraries print while they load; show it if loading fails.

    On a machine without a GPU, TensorFlow prints lines that look like errors, and writes them to
    the file descriptor, past Python.
    """
    # Before TensorFlow is imported: the user needs no notes on processor features, and results
    # should be the same on every processor.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    sys.stderr.flush()
    with tempfile.TemporaryFile() as printed, os.fdopen(os.dup(2), "wb") as stderr:
        os.dup2(printed.fileno(), 2)
        try:
            yield
        except Exception:
            printed.seek(0)
            stderr.write(printed.read())
            raise
        finally:
            os.dup2(stderr.fileno(), 2)


def load_tensorflow() -> None:
    """Import TensorFlow and let it look for GPUs, both of which print a lot."""
    with quiet_native_libraries():
        import tensorflow as tf

        tf.config.list_physical_devices()


def return_free_memory() -> None:
    """Give memory that is free inside this process back to the system.

    The C library keeps what training has freed, often more than 100 MB, and another
    process cannot use it. Does nothing where the C library is not glibc.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def exchange(first: Path, second: Path) -> bool:
    """Exchange two files or folders of a drive in one step; return whether the system can."""
    current_folder, exchange_flag = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    names = os.fsencode(first.absolute()), os.fsencode(second.absolute())
    with suppress(OSError, AttributeError):
        rename = ctypes.CDLL("libc.so.6").renameat2
        code: int = rename(current_folder, names[0], current_folder, names[1], exchange_flag)
        return code == 0
    return False
