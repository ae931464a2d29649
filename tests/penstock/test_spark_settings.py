import pytest

from penstock.spark_settings import (
    MIB,
    MOST_PARTITIONS,
    PARTITION_BYTES,
    SMALL_BYTES,
    Nodes,
    als_blocks,
    executors,
    nodes,
    shuffle_partitions,
    submit_settings,
)

QUICK = {
    "spark.driver.extraJavaOptions": (
        "-XX:TieredStopAtLevel=1 -XX:-UseParallelGC -XX:-UseG1GC -XX:+UseSerialGC -Xshare:auto"
    ),
    "spark.ui.enabled": "false",
}


@pytest.mark.parametrize(
    ("instance_type", "vcpus", "gib"),
    [
        ("m7g.large", 2, 8),
        ("m7g.xlarge", 4, 16),
        ("m5.2xlarge", 8, 32),
        ("c7gn.16xlarge", 64, 128),
        ("r6id.4xlarge", 16, 128),
        ("c7i-flex.xlarge", 4, 8),
    ],
)
def test_a_type_says_what_a_node_has(instance_type: str, vcpus: int, gib: int) -> None:
    assert nodes(instance_type, 3) == Nodes(vcpus=vcpus, memory_mib=gib * 1024, count=3)


@pytest.mark.parametrize("instance_type", ["m7g.metal", "t3.large", "p5.48xlarge", "m7g.medium", "trn1.2xlarge", ""])
def test_a_type_that_the_rules_do_not_know_is_not_guessed(instance_type: str) -> None:
    assert nodes(instance_type, 1) is None


@pytest.mark.parametrize("instance_type", ["c7g.large", "m7g.xlarge", "m7g.2xlarge", "c7g.4xlarge", "r7g.16xlarge"])
def test_executors_fill_a_node_and_no_more(instance_type: str) -> None:
    node = nodes(instance_type, 2)
    assert node
    found = executors(node)
    cores = int(found["spark.executor.cores"])
    heap, overhead = (int(found[f"spark.executor.{name}"].removesuffix("m")) for name in ("memory", "memoryOverhead"))
    assert cores == min(4, node.vcpus)
    assert (heap + overhead) * (node.vcpus // cores) == node.yarn_mib
    assert overhead >= 384 + cores * 512
    assert heap > 1024


def test_an_executor_of_an_m7g_xlarge() -> None:
    node = nodes("m7g.xlarge", 2)
    assert node
    assert node.yarn_mib == 12_288
    assert executors(node) == {
        "spark.executor.cores": "4",
        "spark.executor.memory": "9011m",
        "spark.executor.memoryOverhead": "3277m",
    }


def test_a_small_job_starts_quickly_wherever_it_runs() -> None:
    for size in (0, SMALL_BYTES):
        assert submit_settings(size, None) == submit_settings(size, nodes("m7g.xlarge", 2)) == QUICK


def test_a_larger_job_gets_memory_where_the_nodes_are_known() -> None:
    assert submit_settings(SMALL_BYTES + 1, None) == {}
    node = nodes("m7g.xlarge", 2)
    assert node
    for size, driver in ((SMALL_BYTES + 1, 1024), (1024 * MIB, 1024), (2048 * MIB, 2048), (10**15, 6144)):
        assert submit_settings(size, node) == {**executors(node), "spark.driver.memory": f"{driver}m"}


def test_a_job_in_python_has_java_compile_less() -> None:
    late = (
        "-XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=6000 "
        "-XX:Tier4CompileThreshold=150000 -XX:Tier4BackEdgeThreshold=400000"
    )
    flags = {
        "spark.driver.extraJavaOptions": f"{late} -XX:-UseParallelGC -XX:-UseG1GC -XX:+UseSerialGC",
        "spark.executor.extraJavaOptions": late,
    }
    node = nodes("m7g.xlarge", 2)
    assert node
    for on in (None, node):
        assert submit_settings(SMALL_BYTES, on, in_python=True) == QUICK
        for size in (SMALL_BYTES + 1, 10**15):
            assert submit_settings(size, on, in_python=True) == {**submit_settings(size, on), **flags}


def test_shuffle_partitions_grow_with_the_input() -> None:
    sizes = (0, PARTITION_BYTES, PARTITION_BYTES + 1, 100 * PARTITION_BYTES, 10**15)
    assert [shuffle_partitions(size) for size in sizes] == [1, 1, 2, 100, MOST_PARTITIONS]


def test_als_has_two_blocks_for_small_data_and_the_width_of_the_cluster_for_large() -> None:
    assert [als_blocks(rows, 2) for rows in (1, 100_000, 1_000_001, 20_000_000)] == [2, 2, 3, 10]
    assert als_blocks(20_000_000, 32) == 32
