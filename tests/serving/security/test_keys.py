import json
import time

import pytest

from serving.security.keys import Keys, Role, add_key, read_keys


def test_keys_are_added_and_known_by_their_role(tmp_path):
    path = tmp_path / "keys.json"
    reader, admin = add_key(path, Role.READER), add_key(path, Role.ADMIN)
    keys = Keys(path)
    assert keys.caller(reader).role == Role.READER
    assert keys.caller(admin).role == Role.ADMIN
    assert keys.caller(reader).id == reader.split("_")[1]
    assert reader != admin
    assert len(reader.split("_", 2)[2]) == 43  # 256 bits in base64


def test_a_key_that_is_taken_out_of_the_file_is_refused_within_a_second(tmp_path):
    path = tmp_path / "keys.json"
    first, second = add_key(path, Role.READER), add_key(path, Role.READER)
    keys = Keys(path)
    stored = json.loads(path.read_text())
    path.write_text(json.dumps({"keys": stored["keys"][1:]}))
    time.sleep(1.05)
    assert keys.caller(first) is None
    assert keys.caller(second) is not None


def test_a_file_that_is_torn_later_leaves_the_keys_as_they_were(tmp_path, capsys):
    path = tmp_path / "keys.json"
    key = add_key(path, Role.READER)
    keys = Keys(path)
    path.write_text("{")
    time.sleep(1.05)
    assert keys.caller(key) is not None
    assert capsys.readouterr().err.startswith(f"The keys stay as they were: {path} is no file of keys: ")


@pytest.mark.parametrize("content", ["", "[]", '{"keys": [{"id": "a"}]}', '{"keys": []', '{"key": []}'])
def test_a_file_that_is_no_file_of_keys(tmp_path, content):
    path = tmp_path / "keys.json"
    path.write_text(content)
    with pytest.raises(ValueError, match="is no file of keys"):
        read_keys(path)


def test_an_unknown_role(tmp_path):
    path = tmp_path / "keys.json"
    add_key(path, Role.READER)
    path.write_text(path.read_text().replace("reader", "root"))
    with pytest.raises(ValueError, match="'root' is not a valid Role"):
        read_keys(path)


def test_a_file_that_others_may_write(tmp_path):
    path = tmp_path / "keys.json"
    add_key(path, Role.READER)
    path.chmod(0o620)
    with pytest.raises(ValueError, match="can be written by others, who could add keys of their own: chmod 600"):
        read_keys(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ValueError, match="cannot be read: No such file or directory"):
        Keys(tmp_path / "none.json")
