"""Start the server of worker processes while the main process still reads the scenario.

On Linux, workers are copies of one server process. A server that has already imported the model gives workers
that can begin at once; and it imports while the main process, on another core, is busy with other things.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.forkserver
import signal
import threading

from staffride.engine.ensemble import default_start_method


def start_worker_server(module: str) -> None:
    """Start the server and let it import ``module``; do nothing where workers start otherwise.

    The server ignores Ctrl-C from its first moment, as the main process is the one to act on it.

    Parameters
    ----------
    module
        Full name of the module that holds the task of the workers.
    """
    if default_start_method() != "forkserver" or threading.current_thread() is not threading.main_thread():
        return
    multiprocessing.forkserver.set_forkserver_preload([module])
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        multiprocessing.forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)
