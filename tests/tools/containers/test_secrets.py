import stat
from pathlib import Path

from tools.containers.secrets import VOLUMES, Secrets
from tools.credentials import Credentials


def test_what_is_missing_is_generated_and_what_is_there_stays(tmp_path: Path) -> None:
    secrets = Secrets(folder=tmp_path)
    made = secrets.generate()
    assert sorted(made) == [
        "airflow_password",
        "api_secret_key",
        "aws_access_key_id",
        "aws_secret_access_key",
        "database_password",
        "fernet_key",
        "jwt_secret",
    ]
    before = secrets.credentials()
    secrets.path("jwt_secret").unlink()
    assert secrets.generate() == ["jwt_secret"]
    after = secrets.credentials()
    assert after.jwt_secret != before.jwt_secret
    assert (after.fernet_key, after.database_password) == (before.fernet_key, before.database_password)
    assert secrets.generate() == []


def test_only_the_owner_can_read_them(tmp_path: Path) -> None:
    Secrets(folder=tmp_path).generate()
    files = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}
    assert {stat.S_IMODE(each.parent.stat().st_mode) for each in files} == {0o700}


def test_a_container_knows_only_what_its_volumes_hold(tmp_path: Path) -> None:
    Secrets(folder=tmp_path).generate()
    (tmp_path / "mounted").mkdir()
    (tmp_path / "mounted" / "aws").symlink_to(tmp_path / "aws")
    known = Secrets(folder=tmp_path / "mounted").credentials()
    assert known.aws_access_key_id.startswith("PENSTOCK")
    assert (known.fernet_key, known.airflow_password, known.database_password) == ("", "", "")


def test_every_field_has_one_volume() -> None:
    names = [name for volume in VOLUMES.values() for name in volume]
    assert sorted(names) == sorted(Credentials.__dataclass_fields__)
