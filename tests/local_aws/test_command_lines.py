"""The pure parts: what of a command line is the machine's, and why a command failed."""

import pytest

from local_aws.emr import states
from local_aws.emr.commands import exported_variables
from local_aws.failure import failure_message
from local_aws.glue.arguments import UnsupportedArgumentError, sort_arguments
from local_aws.spark import read_properties, write_configuration
from local_aws.submission import parse_submission

CHAINED = """\
Traceback (most recent call last):
  File "a.py", line 1, in <module>
KeyError: 'x'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "a.py", line 2, in <module>
ValueError: no column x
26/11/21 00:54:47 WARN something said at the end
"""


@pytest.mark.parametrize(
    ("given", "options", "application"),
    [
        (["a.py"], [], ["a.py"]),
        (["--master", "yarn", "--deploy-mode=cluster", "a.py", "--master", "x"], [], ["a.py", "--master", "x"]),
        (["--verbose", "--name", "n", "a.py"], ["--verbose", "--name", "n"], ["a.py"]),
        (["--conf", "spark.master=yarn", "--conf", "spark.x=1", "a.py"], ["--conf", "spark.x=1"], ["a.py"]),
        (["--conf=spark.pyspark.python=python3.11", "-c", "spark.x=1", "a.py"], ["-c", "spark.x=1"], ["a.py"]),
        (["--class", "Main", "a.jar", "-v"], ["--class", "Main"], ["a.jar", "-v"]),
        (["--master"], [], []),
    ],
)
def test_only_what_names_the_machine_is_taken_from_a_submission(given, options, application):
    parsed = parse_submission(given)
    assert list(parsed.options) == options
    assert list(parsed.application) == application


def test_a_properties_file_is_split_off():
    parsed = parse_submission(["--properties-file", "s3://b/p.conf", "--name", "n", "a.py"])
    assert parsed.properties_file == "s3://b/p.conf"
    assert parsed.options == ("--name", "n")


@pytest.mark.parametrize(
    ("stderr", "message"),
    [
        ("", "The command exited with code 3"),
        ("usage: x\nx: error: bad option\n\n", "x: error: bad option"),
        (CHAINED, "ValueError: no column x"),
        ('Exception in thread "main" java.lang.Error: boom\n\tat A.b(A.java)\n', "java.lang.Error: boom"),
    ],
)
def test_the_reason_of_a_failure_is_found(stderr, message):
    assert failure_message(stderr, 3) == message


def test_properties_survive_writing_and_java_escapes(tmp_path):
    written = write_configuration(tmp_path, {"spark.a": "x y=z", "spark.b": "c:\\d\ne", "k e:y=": "v"})
    assert written.read_text() == "spark.a x y=z\nspark.b c:\\\\d\\ne\nk\\ e\\:y\\= v\n"


def test_properties_are_read_in_both_forms():
    assert read_properties("# note\n\nspark.a  x y\nspark.b=1=2\n") == {"spark.a": "x y", "spark.b": "1=2"}


def test_exports_leave_this_machines_homes_alone():
    exports = {"Classification": "export", "Properties": {"JAVA_HOME": "/usr/lib/jvm/x", "MODE": '"fast"'}}
    assert exported_variables([{"Classification": "spark-env", "Configurations": [exports]}]) == {"MODE": "fast"}


def test_glue_keeps_its_own_arguments():
    given = {"--conf": "spark.a=b=c --conf spark.d=e", "--extra-py-files": "s3://b/x.zip, s3://b/y.zip", "--k": "v"}
    found = sort_arguments(given, job_name="job", run_id="jr_1")
    assert found.script == ("--JOB_NAME", "job", "--JOB_RUN_ID", "jr_1", "--k", "v")
    assert found.py_files == ("s3://b/x.zip", "s3://b/y.zip")
    assert found.conf == {"spark.a": "b=c", "spark.d": "e"}
    with pytest.raises(UnsupportedArgumentError, match="--extra-jars is not supported: only Python is run here"):
        sort_arguments({"--extra-jars": "s3://b/x.jar"}, job_name="job", run_id="jr_1")


@pytest.mark.parametrize("table", [states.CLUSTER, states.STEP])
def test_every_state_that_can_follow_is_a_state(table):
    assert {new for following in table.values() for new in following} <= set(table)


def test_a_transition_that_aws_does_not_have_is_refused():
    with pytest.raises(states.StateError, match="RUNNING cannot follow COMPLETED"):
        states.follow(states.STEP, "COMPLETED", "RUNNING")
