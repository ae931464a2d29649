"""The real-time service against its own kernel: latency, throughput, memory, and reloading under load.

Usage: .venv/local/bin/python benchmarks/serve.py [--items 27000 1000000] [--seconds 10]

The load comes from wrk, a process of its own (apt-get install wrk, brew install wrk). One worker of the service on
loopback, without authentication, rate limit and access log. Half load is what wrk's connections make when they pause
between requests, at random, so that they ask for half of what they get at full speed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import psutil

from harness.comparison import MISLEADING, Side, run
from harness.document import write_section
from harness.memory import proportional_bytes

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from penstock.bundle import MANIFEST, BundleManifest  # noqa: E402

PYTHON = os.environ.get("PENSTOCK_SERVING_PYTHON", str(ROOT / ".venv/serving/bin/python"))
SIDES = Path(__file__).parent / "sides"
SIZES = {27_000: (138_493, 20_000_000), 1_000_000: (100_000, 10_000_000)}
"""Users and ratings by items; of another number of items five users and 500 ratings each."""
CONNECTIONS = 8
PAUSING = 64
"""Connections of the half load: with more of them each pauses for longer than wrk's timer is coarse."""
READY_WITHIN = 180.0
RELOADS_IN = 2
"""Times the seconds of a load, during which versions take turns."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """A started service."""

    process: subprocess.Popen[bytes]
    url: str
    users: int

    def get(self, path: str) -> Any:
        """The JSON that it answers."""
        return httpx.get(self.url + path, timeout=60).raise_for_status().json()

    def megabytes(self) -> float:
        """Of all its processes; mapped files included."""
        family = [psutil.Process(self.process.pid)]
        family += family[0].children(recursive=True)
        return sum(proportional_bytes(each.pid) for each in family) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=10, help="of each load")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is not on the PATH; it makes the load. Install it: apt-get install wrk, or brew install wrk")
    for items in options.items:
        with tempfile.TemporaryDirectory(prefix="penstock-serve-") as folder:
            found = measure(Path(folder), items, options.rank, options.seconds)
        write_section(
            f"serve-{items}",
            title=f"Serving the top 10 of {items:,} items, rank {options.rank}, one worker",
            command=f"python benchmarks/serve.py --items {items} --rank {options.rank} --seconds {options.seconds}",
            lines=[*table(found)],
            notes=notes(found),
        )


def measure(folder: Path, items: int, rank: int, seconds: int) -> dict[str, dict[str, float]]:
    """Kernel, full load, half load, genre, reload; each a name and what was counted."""
    users, ratings = SIZES.get(items, (5 * items, 500 * items))
    first = folder / "bundles/1"
    counts = [f"--users={users}", f"--items={items}", f"--rank={rank}", f"--ratings={ratings}"]
    subprocess.run([PYTHON, str(SIDES.parent / "bundle_data.py"), str(first), *counts], check=True)
    second, megabytes = other_version(first), sum(each.stat().st_size for each in first.iterdir()) / 1e6
    requests = 2_000 if items < 100_000 else 200
    argv = [PYTHON, str(SIDES / "serve_kernel.py"), str(first), f"--requests={requests}"]
    alone = {"PYTHONPATH": f"{ROOT}:{ROOT / 'benchmarks'}", "OPENBLAS_NUM_THREADS": "1"}
    kernel = run(Side(name="kernel", argv=argv, environment=alone))
    found = {"bundle": {"mb": megabytes}, "kernel": kernel}
    with served(folder, first, users) as service:
        load(service, seconds=2)
        found["full"] = load(service, seconds=seconds)
        found["genre"] = load(service, seconds=seconds, query="n=10&genre=Action")
        # A connection waits for its pause and its answer; twice the time between its requests is half the load.
        pause = 2 * PAUSING / found["full"]["per_s"] * 1000
        found["half"] = load(service, seconds=seconds, pause=pause, connections=PAUSING)
        found["memory"] = {"mb": service.megabytes()}
        found["reload"] = reload_under_load(service, [second, first], seconds=RELOADS_IN * seconds)
    return found


def other_version(bundle: Path) -> Path:
    """The same arrays once more, as another version."""
    other = bundle.with_name("2")
    shutil.copytree(bundle, other, copy_function=os.link)
    manifest = BundleManifest.from_json((bundle / MANIFEST).read_text(encoding="utf-8"), str(bundle))
    (other / MANIFEST).unlink()
    (other / MANIFEST).write_text(replace(manifest, version="2").sealed().to_json(), encoding="utf-8")
    return other


@contextmanager
def served(folder: Path, bundle: Path, users: int) -> Iterator[Service]:
    """The service as `python -m serving serve` starts it, until it answers that it is ready."""
    port = free_port()
    settings = {
        "BUNDLE": bundle,
        "ROOTS": bundle.parent,
        "CACHE": folder / "cache",
        "PORT": port,
        "RATE_LIMIT": 0,
        "ACCESS_LOG": "false",
    }
    environment = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    environment |= {f"PENSTOCK_SERVING_{name}": str(value) for name, value in settings.items()}
    with (folder / "service.log").open("wb") as log:
        process = subprocess.Popen(
            [PYTHON, "-m", "serving", "serve"], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        service = Service(process=process, url=f"http://127.0.0.1:{port}", users=users)
        wait_until_ready(service, folder / "service.log")
        yield service
    finally:
        process.terminate()
        process.wait(30)


def wait_until_ready(service: Service, log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and service.process.poll() is None:
        try:
            if httpx.get(f"{service.url}/readyz", timeout=5).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    sys.exit(f"the service is not ready within {READY_WITHIN:.0f} s; it said: {log.read_text()[-2000:]}")


def load(
    service: Service, *, seconds: float, query: str = "n=10", pause: float = 0.0, connections: int = CONNECTIONS
) -> dict[str, float]:
    """What wrk counts, and how many requests a second that is."""
    done = subprocess.run(load_command(service, seconds, query, pause, connections), capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"wrk: exit code {done.returncode}: {done.stderr.decode()[-1000:]}")
    counted: dict[str, float] = json.loads(done.stdout.decode().splitlines()[-1])
    return {**counted, "per_s": counted["requests"] / counted["seconds"]}


def load_command(service: Service, seconds: float, query: str, pause: float, connections: int) -> list[str]:
    script = ["-s", str(SIDES / "serve.lua"), service.url, "--", str(service.users), query, f"{pause:.3f}", "7"]
    return ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", "30s", *script]


def reload_under_load(service: Service, bundles: Sequence[Path], *, seconds: float) -> dict[str, float]:
    """Versions take turns while wrk asks without pause; the peak of memory is looked at meanwhile."""
    reloads, peak = 0, 0.0
    answer: dict[str, float] = {}
    wrk = threading.Thread(target=lambda: answer.update(load(service, seconds=seconds)))
    wrk.start()
    took: list[float] = []
    while wrk.is_alive():
        began = time.monotonic()
        order = httpx.post(
            f"{service.url}/v1/models/reload", json={"bundle_uri": str(bundles[reloads % 2])}, timeout=60
        ).raise_for_status()
        status: Mapping[str, Any] = order.json()
        while status["status"] in ("pending", "loading"):
            time.sleep(0.02)
            peak = max(peak, service.megabytes())
            status = service.get(f"/v1/models/reloads/{status['id']}")
        if status["status"] != "loaded":
            sys.exit(f"a reload failed: {status}")
        took.append(time.monotonic() - began)
        reloads += 1
        time.sleep(0.5)
    wrk.join()
    return {**answer, "reloads": reloads, "peak_mb": peak, "reload_s": sorted(took)[len(took) // 2]}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def table(found: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    yield "| | p50, ms | p99, ms | requests/s | failed |"
    yield "|---|---|---|---|---|"
    kernel = found["kernel"]
    yield f"| matrix product alone | {kernel['product_p50_ms']:.3f} | | | |"
    for name, genre in (("kernel", "all"), ("kernel, one genre", "genre")):
        values = [kernel[f"{genre}_{what}"] for what in ("p50_ms", "p99_ms", "per_s")]
        yield f"| {name} | {values[0]:.3f} | {values[1]:.3f} | {values[2]:,.0f} | |"
    rows = {
        "full": f"HTTP, {CONNECTIONS} connections at full speed",
        "genre": "the same, one genre",
        "half": f"HTTP at half load, {PAUSING} connections",
        "reload": f"HTTP at full speed, {found['reload']['reloads']:.0f} reloads",
    }
    for name, label in rows.items():
        row = found[name]
        failed = row["not_2xx"] + row["broken"]
        yield f"| {label} | {row['p50_ms']:.2f} | {row['p99_ms']:.2f} | {row['per_s']:,.0f} | {failed:.0f} |"


def notes(found: Mapping[str, Mapping[str, float]]) -> str:
    kernel, full, half = found["kernel"], found["full"], found["half"]
    bundle, memory, peak = found["bundle"]["mb"], found["memory"]["mb"], found["reload"]["peak_mb"]
    goal = 3 * kernel["all_p99_ms"] + 1
    return "\n" + " ".join(
        [
            f"p99 at half load: {half['p99_ms']:.2f} ms (goal: 3x the kernel's and 1 ms, {goal:.2f} ms).",
            f"Throughput: {full['per_s'] / kernel['all_per_s']:.0%} of the kernel's on one core (goal: 60 %).",
            f"Memory: {memory:,.0f} MB for a bundle of {bundle:,.0f} MB, {memory / bundle:.2f}x (goal: 1.3x); Python",
            f"and NumPy are {kernel['import_mb']:,.0f} MB of it. At most {peak:,.0f} MB while two versions are loaded.",
            f"A bundle opens, every byte checked, in {kernel['open_s']:.2f} s; a reload takes",
            f"{found['reload']['reload_s']:.2f} s under load.",
        ]
    )


if __name__ == "__main__":
    main()
