"""The order of the stacks follows from what each takes and puts out."""

import pytest

from tests.infra.stacks import template
from tools.deploy.target import UPLOADED
from tools.deploy.templates import BY_HAND, Order, Template, load, order, parse
from tools.errors import ToolError
from tools.settings import REPOSITORY

INFRA = REPOSITORY / "infra"


def made(name: str, takes: str = "", wishes: str = "", puts: str = "") -> Template:
    parameters = {key: {} for key in takes.split()} | {key: {"Default": ""} for key in wishes.split()}
    return Template(name=name, text="", parameters=parameters, outputs=frozenset(puts.split()), resources={})


def sort(*templates: Template, given: str = "", last: str = "") -> Order:
    return order({each.name: each for each in templates}, given.split(), last=last.split())


def test_nothing_takes_no_order() -> None:
    assert sort() == Order(names=(), again=())


def test_what_takes_an_output_comes_after_it() -> None:
    assert sort(made("a", takes="X"), made("b", takes="Y", puts="X"), made("c", puts="Y")).names == ("c", "b", "a")


def test_an_optional_output_is_waited_for_too() -> None:
    assert sort(made("a", wishes="X"), made("b", puts="X")) == Order(names=("b", "a"), again=())


def test_of_two_that_point_at_each_other_the_optional_one_is_made_again() -> None:
    assert sort(made("a", wishes="X", puts="Y"), made("b", takes="Y", puts="X")) == Order(
        names=("a", "b"), again=("a",)
    )


def test_two_that_need_each_other_are_refused() -> None:
    with pytest.raises(ToolError, match=r"^The templates need each other in a circle: (a -> b -> a|b -> a -> b)$"):
        sort(made("a", takes="X", puts="Y"), made("b", takes="Y", puts="X"))


def test_what_is_given_needs_no_stack() -> None:
    assert sort(made("a", takes="X Y"), made("b", takes="Z", puts="X"), given="X Y Z").names == ("a", "b")


def test_a_parameter_that_nobody_gives_is_refused_with_the_ways_to_give_it() -> None:
    with pytest.raises(ToolError) as caught:
        sort(made("a", takes="Y X"))
    assert str(caught.value) == (
        "infra/a.yaml takes X, Y, which no stack of this environment puts out: bring it (`given:`), set it "
        "(`parameters:`), or leave the template out too (`without:`)"
    )


def test_what_takes_uploads_comes_last_and_what_needs_it_after_it() -> None:
    found = sort(made("a", wishes="V", puts="A"), made("b", takes="A"), made("c"), made("d"), last="V")
    assert found.names == ("c", "d", "a", "b")


def test_the_stacks_of_this_repository() -> None:
    found = order(load(INFRA), {"Deployment", "CodeKey", "Bundle"}, last=UPLOADED)
    assert found.again == ("users",)
    late = found.names[-5:]
    assert set(late) == {"airflow", "alarms", "budget", "serving", "page"}
    assert late.index("airflow") < late.index("alarms") < late.index("budget")


def test_templates_are_read_as_cfn_lint_reads_them() -> None:
    for path in INFRA.rglob("*.yaml"):
        name = path.relative_to(INFRA).with_suffix("").as_posix()
        assert parse(path.read_text(encoding="utf-8")) == template(name), name


def test_the_role_that_deploys_is_made_by_hand() -> None:
    assert not BY_HAND & set(load(INFRA))
