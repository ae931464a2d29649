"""What running commands write, visible to the clients of S3 while they run, as on AWS."""

import logging
import threading

import httpx

from local_aws.processes import Processes, ShuttingDownError
from local_aws.s3 import ObjectStore

INTERVAL_SECONDS = 2.0
"""Between two looks; one takes 1 ms to 20 ms, 0.15 s with 20,000 objects."""
log = logging.getLogger(__name__)


def keep_fresh(store: ObjectStore, processes: Processes, stop: threading.Event) -> None:
    """Look again from a thread of its own, for as long as commands run, until ``stop``."""
    threading.Thread(target=_look, args=(store, processes, stop), daemon=True, name="freshness").start()


def _look(store: ObjectStore, processes: Processes, stop: threading.Event) -> None:
    while not stop.wait(INTERVAL_SECONDS):
        if not processes.busy:
            continue
        try:
            store.forget()
        except ShuttingDownError:
            return
        except (httpx.HTTPError, RuntimeError) as problem:  # closed between the question and the answer
            log.debug("S3 was not refreshed: %s", problem)
