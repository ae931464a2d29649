import json

import pytest
from typer.testing import CliRunner

from penstock.spark_settings import Nodes
from tools.capacity.limits import limits
from tools.capacity.page import COMMAND, PAGE, with_tables
from tools.capacity.plan import plan
from tools.capacity.stages import STAGES, Size
from tools.cli import app
from tools.errors import ToolError
from tools.settings import REPOSITORY

SIZE = Size(ratings=10**9, users=10**7, items=10**6, rank=64)
NODE = Nodes(vcpus=8, memory_mib=32 * 1024, count=1)


def test_time_decides_where_memory_does_not() -> None:
    found = plan(
        Size(ratings=10**10, users=10**8, items=10**7), instance="m7g.2xlarge", region="us-east-1", within_hours=2
    )
    work = sum(STAGES[each].work(found.size) for each in ("ETL", "training", "evaluation", "scoring"))
    start = sum(STAGES[each].start for each in ("ETL", "training", "evaluation", "scoring"))
    assert found.why == "time"
    assert found.hours * 3600 == pytest.approx(start + work / (8 * found.core_nodes))
    assert found.hours <= 2 < (start + work / (8 * (found.core_nodes - 1))) / 3600


def test_memory_decides_where_time_does_not() -> None:
    found = plan(SIZE, instance="m7g.2xlarge", region="us-east-1", within_hours=100)
    largest = max(each.gigabytes for each in found.steps)
    node = 24 * 1.073741824  # of 32 GiB YARN has three quarters
    assert found.why == "memory"
    assert (found.core_nodes - 1) * node < largest <= found.core_nodes * node


def test_dollars_are_of_the_snapshot_and_what_it_lacks_is_named() -> None:
    found = plan(SIZE, instance="m7g.2xlarge", region="us-east-1", within_hours=4)
    assert found.usd == pytest.approx(0.3264 * (found.core_nodes + 1) * found.hours)
    assert found.unpriced == ["EMR fee of m7g.2xlarge in us-east-1"]
    nowhere = plan(SIZE, instance="m7g.2xlarge", region="eu-north-1", within_hours=4)
    assert nowhere.usd is None
    assert nowhere.unpriced == ["EC2 m7g.2xlarge in eu-north-1", "EMR fee of m7g.2xlarge in eu-north-1"]


def test_what_one_node_does_alone_gains_nothing_from_more_nodes() -> None:
    large = Size(ratings=10**9, users=10**6, items=10**5, rank=64)
    found = plan(large, instance="r7g.4xlarge", region="us-east-1", within_hours=12, engine="implicit")
    alone = STAGES["training, implicit"]
    assert found.steps[1].hours == pytest.approx(alone.seconds(large, 16) / 3600)


def test_a_time_that_the_start_alone_takes_is_refused() -> None:
    with pytest.raises(ToolError) as caught:
        plan(SIZE, instance="m7g.2xlarge", region="us-east-1", within_hours=0.01)
    assert str(caught.value) == "0.01 hours: the jobs' start and what one node does alone take 0.03"


def test_an_engine_that_is_not_known_is_refused() -> None:
    with pytest.raises(ToolError, match=r"^engine spark: expected mllib or implicit$"):
        plan(SIZE, instance="m7g.2xlarge", region="us-east-1", within_hours=4, engine="spark")


def test_a_type_that_is_not_known_is_refused() -> None:
    with pytest.raises(ToolError, match=r"^p5\.48xlarge: expected a type of families c, m, r or i"):
        plan(SIZE, instance="p5.48xlarge", region="us-east-1", within_hours=4)


@pytest.mark.parametrize(
    ("size", "name"),
    [
        (Size(ratings=10**6, users=10**4, items=1_048_576, rank=64), "broadcast of the items"),
        (Size(ratings=2_560_000, users=10**4, items=100, rank=1), "a user's seen items"),
        (Size(ratings=374_086_299, users=10**7, items=10**3, rank=1), "implicit on the driver"),
        (Size(ratings=2_952_724_480, users=10**9, items=10, rank=1), "a block of ALS"),
    ],
)
def test_each_limit_is_at_one_where_its_bound_is(size: Size, name: str) -> None:
    used = {each.name: each.used for each in limits(size, NODE, cores=8)}
    assert used[name] == pytest.approx(1.0, rel=1e-6)


def test_the_first_to_break_is_named_first() -> None:
    shares = [each.used for each in limits(SIZE, NODE, cores=8)]
    assert shares == sorted(shares, reverse=True)


def test_the_command_says_the_same_in_all_its_ways() -> None:
    command = ["capacity", "--ratings", "1e9", "--users", "1e7", "--items", "1e6", "--rank", "64"]
    found = plan(SIZE, instance="m7g.2xlarge", region="us-east-1", within_hours=4)
    answered = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)
    assert (answered["core_nodes"], answered["usd"]) == (found.core_nodes, found.usd)
    said = f"{found.core_nodes} core nodes and a primary node of m7g.2xlarge"
    assert said in CliRunner().invoke(app, command).stdout
    assert said in CliRunner().invoke(app, [*command, "--markdown"]).stdout


@pytest.mark.parametrize("wrong", ["1.5", "-1", "0"])
def test_a_number_that_is_none_is_refused(wrong: str) -> None:
    done = CliRunner().invoke(app, ["capacity", "--ratings", wrong, "--users", "1", "--items", "1"])
    assert done.exit_code == 2


def test_the_page_is_what_its_commands_say() -> None:
    """After a change of the formulas: python -m tools.capacity.page."""
    text = (REPOSITORY / PAGE).read_text(encoding="utf-8")
    assert text.count(f"```console\n$ {COMMAND} ") >= 6
    assert with_tables(text) == text
