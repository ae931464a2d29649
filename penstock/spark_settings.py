"""Spark settings by the size of a job's input and by the cluster that it runs on; no I/O, values in, values out.

Where each can be set. spark-submit decides what a process is born with: Java's options, memory, cores. The task that
adds the step does that (`submit_settings`), because the input's bytes are known only when the task runs, after the ETL;
a DAG's text cannot. What Spark SQL reads anew for each query, the job sets by itself when it has looked at its input
(`shuffle_partitions`), and MLlib takes its own as arguments (`als_blocks`). A spec's `spark_conf` wins over all of it.

Adaptive execution (on by default since 3.2) merges shuffle partitions that come out small, so too many cost little;
it never splits them but for skewed joins, so too few cost memory: the number is for the input at its largest.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

MIB = 1024**2
SMALL_BYTES = 64 * MIB
"""Inputs up to here are a few seconds of work on one core, so that starting costs more than running fast gains."""
PARTITION_BYTES = 8 * MIB
"""Input bytes per shuffle partition: Parquet of ratings, about a million rows."""
MOST_PARTITIONS = 2_000
ROWS_PER_BLOCK = 500_000
MLLIB_BLOCKS = 10
"""MLlib's own default, which on 100,000 ratings costs 1.5 times the time of 2 blocks."""
GIB_PER_VCPU = {"c": 2, "m": 4, "r": 8, "i": 8}
"""Of EC2's families, current generations: https://docs.aws.amazon.com/ec2/latest/instancetypes/."""
YARN_SHARE = 0.75
"""Of a node's memory that EMR gives to YARN, rounded down: 12,288 MB of an m5.xlarge's 16 GiB, and more on larger ones.
https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-hadoop-task-config.html"""
EXECUTOR_CORES = 4
"""AWS advises at most 5 ("Best practices for successfully managing memory for Apache Spark applications on Amazon EMR",
AWS Big Data Blog); 4 divides every size of a node."""
PYTHON_MIB = 512
"""Per core, outside of Java's heap: for a Python worker with NumPy, pandas and Arrow, and the batches it works on."""
LEAST_OVERHEAD_MIB, OVERHEAD_SHARE = 384, 0.1
"""Spark's own for what Java takes outside of its heap: spark.executor.memoryOverhead, Spark 3.5 configuration."""
DRIVER_SHARE = 0.5
"""Of what YARN has on the primary node. In client mode the driver lives there, beside EMR's own daemons."""
SECOND_COMPILER_LATE = (
    "-XX:Tier4InvocationThreshold=50000",
    "-XX:Tier4MinInvocationThreshold=6000",
    "-XX:Tier4CompileThreshold=150000",
    "-XX:Tier4BackEdgeThreshold=400000",
)
"""Ten times Java's own thresholds (HotSpot's compiler_globals.hpp). Where the work is Python's, Java reads and writes
so little that compiling most of it a second time costs more than it saves; what it does for every row still is."""
SERIAL = ("-XX:-UseParallelGC", "-XX:-UseG1GC", "-XX:+UseSerialGC")
"""The collector without threads of its own. EMR and others name another in their defaults, and Java does not start
with two: so those are switched off before."""
QUICK_START = ("-XX:TieredStopAtLevel=1", *SERIAL, "-Xshare:auto")
"""Java's first compiler alone, with Java's shared class data."""
_TYPE = re.compile(r"^(?P<family>[a-z])\d[a-z-]*\.(?:(?P<large>large)|(?P<times>\d*)xlarge)$")
Settings = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Nodes:
    """The nodes that run executors, and one that runs the driver, all of one type."""

    vcpus: int
    """Of each."""
    memory_mib: int
    count: int

    @property
    def yarn_mib(self) -> int:
        """What executors may have of one node."""
        return math.floor(self.memory_mib * YARN_SHARE)


def nodes(instance_type: str, count: int) -> Nodes | None:
    """EC2's m7g.2xlarge as 8 vCPUs and 32 GiB; None for a family or size that these rules do not know."""
    found = _TYPE.match(instance_type)
    per_vcpu = GIB_PER_VCPU.get(found["family"]) if found else None
    if not found or not per_vcpu:
        return None
    vcpus = 2 if found["large"] else 4 * int(found["times"] or 1)
    return Nodes(vcpus=vcpus, memory_mib=vcpus * per_vcpu * 1024, count=count)


def submit_settings(input_bytes: int, on: Nodes | None, *, in_python: bool = False) -> Settings:
    """What spark-submit is told for an input of this size; `on` is None where the nodes are not known.

    A small job keeps the memory that Spark has by default, which is enough for it, and starts quickly. `in_python` says
    that Java only reads and writes in this job.
    """
    if input_bytes <= SMALL_BYTES:
        return {"spark.driver.extraJavaOptions": " ".join(QUICK_START), "spark.ui.enabled": "false"}
    found = {} if on is None else {**executors(on), "spark.driver.memory": f"{driver_mib(on, input_bytes)}m"}
    if in_python:
        found["spark.driver.extraJavaOptions"] = " ".join([*SECOND_COMPILER_LATE, *SERIAL])
        found["spark.executor.extraJavaOptions"] = " ".join(SECOND_COMPILER_LATE)
    return found


def executors(on: Nodes) -> Settings:
    """As many executors on a node as it has cores for, which share its memory; Python's part is set aside."""
    cores = min(EXECUTOR_CORES, on.vcpus)
    share = on.yarn_mib // (on.vcpus // cores)
    overhead = max(LEAST_OVERHEAD_MIB, round(OVERHEAD_SHARE * share)) + cores * PYTHON_MIB
    return {
        "spark.executor.cores": str(cores),
        "spark.executor.memory": f"{share - overhead}m",
        "spark.executor.memoryOverhead": f"{overhead}m",
    }


def driver_mib(on: Nodes, input_bytes: int) -> int:
    """Spark's default of 1 GiB for every GiB of input, for what the driver broadcasts; at most a share of the node."""
    return min(max(1024, math.ceil(input_bytes / MIB)), math.floor(on.yarn_mib * DRIVER_SHARE))


def shuffle_partitions(input_bytes: int) -> int:
    """One per PARTITION_BYTES, at least one; adaptive execution merges those that stay small.

    Spark's default of 200 costs a small table more than its work (bypass-merge opens 200 files per task).
    """
    return min(MOST_PARTITIONS, max(1, math.ceil(input_bytes / PARTITION_BYTES)))


def als_blocks(rows: int, parallelism: int) -> int:
    """User and item blocks for this many ratings: two are fastest for small data, the cluster's width for large."""
    return min(max(MLLIB_BLOCKS, parallelism), max(2, math.ceil(rows / ROWS_PER_BLOCK)))
