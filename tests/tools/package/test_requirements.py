import re
import shutil
from pathlib import Path

import pytest

from tools.errors import ToolError
from tools.package.requirements import ADDED_LOCK, IMAGE_LOCK, added, constraints, pins, text
from tools.settings import REPOSITORY

MWAA = {
    "apache-airflow": "3.3.1",
    "apache-airflow-providers-amazon": "9.34.0",
    "boto3": "1.43.56",
    "botocore": "1.43.56",
    "aiobotocore": "3.9.0",
    "apache-airflow-providers-http": "6.0.5",
}
"""From images/airflow/3.3.1/BillOfMaterials of github.com/aws/amazon-mwaa-docker-images."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / IMAGE_LOCK.parent).mkdir()
    for lock in (IMAGE_LOCK, ADDED_LOCK):
        shutil.copy(REPOSITORY / lock, tmp_path / lock)
    return tmp_path


def test_the_image_s_releases_are_mwaa_s_in_every_lock() -> None:
    for lock in (IMAGE_LOCK, ADDED_LOCK, Path("requirements/mwaa.txt")):
        assert MWAA.items() <= pins(REPOSITORY / lock).items()


def test_what_is_tested_is_what_mwaa_installs() -> None:
    tested, sent = pins(REPOSITORY / "requirements/mwaa.txt"), pins(REPOSITORY / ADDED_LOCK)
    assert sent.items() <= tested.items()


def test_only_what_the_image_lacks_is_added_each_by_its_hashes() -> None:
    found = added(REPOSITORY)
    assert {"mlflow-skinny", "sagemaker-mlflow", "pyarrow", "pandas", "matplotlib"} <= set(found)
    assert not set(found) & set(pins(REPOSITORY / IMAGE_LOCK))
    for name, entry in found.items():
        pin, *hashes = entry.replace(" \\", "").splitlines()
        assert re.fullmatch(rf"{re.escape(name)}==\S+", pin)
        assert hashes
        assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}", each) for each in hashes)


def test_the_file_of_an_environment_without_a_way_out() -> None:
    entries = {"a": "a==1 \\\n    --hash=sha256:00", "b": "b==2 \\\n    --hash=sha256:01"}
    assert text(entries, wheels=True) == (
        '--constraint "/usr/local/airflow/plugins/constraints.txt"\n'
        "--no-index\n"
        "--find-links /usr/local/airflow/plugins/wheels\n"
        "a==1 \\\n    --hash=sha256:00\n"
        "b==2 \\\n    --hash=sha256:01\n"
    )
    assert text(entries, wheels=False).splitlines()[1] == "a==1 \\"


def test_the_constraints_hold_pip_to_the_image() -> None:
    lines = constraints(REPOSITORY).decode().splitlines()
    assert {"apache-airflow==3.3.1", "boto3==1.43.56"} <= set(lines)
    assert len(lines) == len(pins(REPOSITORY / IMAGE_LOCK))


def test_a_release_other_than_the_image_s_is_refused(checkout: Path) -> None:
    lock = checkout / ADDED_LOCK
    lock.write_text(lock.read_text().replace("boto3==1.43.56", "boto3==1.44.5"))
    with pytest.raises(ToolError) as caught:
        added(checkout)
    assert str(caught.value) == (
        "requirements/mwaa_added.txt differs from requirements/mwaa_image.txt: boto3 1.44.5 (the image's is 1.43.56). "
        "Lock both again: make lock"
    )
