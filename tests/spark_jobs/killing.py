"""Kill -9 to a job at a chosen moment."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


def kill_when(script, args, reached):
    """Run the job as a process of its own and kill all of it as soon as `reached()`; it must not have ended before."""
    options = "--master local[1] --conf spark.ui.enabled=false pyspark-shell"
    environment = {"PYTHONPATH": str(ROOT), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_SUBMIT_ARGS": options}
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "spark_jobs" / script), *args.to_argv()],
        env=os.environ | environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not reached():
            assert process.poll() is None
            time.sleep(0.02)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
