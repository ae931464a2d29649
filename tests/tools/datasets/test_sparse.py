from pathlib import Path

from tools.datasets.dataset import sha256
from tools.datasets.sparse import Shape, generate


def rows(path: Path) -> list[str]:
    return path.read_text().splitlines()


def test_equal_seeds_give_equal_bytes_and_another_seed_others(tmp_path: Path) -> None:
    shapes = {"first": Shape(), "second": Shape(), "other": Shape(seed=7)}
    for name, shape in shapes.items():
        generate(tmp_path / name, shape)
    first, second, other = (sha256(tmp_path / name / "train.libsvm") for name in shapes)
    assert first == second != other


def test_exactly_the_repeated_test_rows_are_in_train(tmp_path: Path) -> None:
    generate(tmp_path)
    train, test = rows(tmp_path / "train.libsvm"), rows(tmp_path / "test.libsvm")
    assert len(set(train)) == len(set(test)) == 80
    assert len(set(test) & set(train)) == 75


def test_rows_are_libsvm_text_of_all_features(tmp_path: Path) -> None:
    shape = Shape()
    generate(tmp_path, shape)
    sizes, largest = [], 0
    for row in rows(tmp_path / "train.libsvm"):
        label, *cells = row.split(" ")
        indices, values = zip(*[map(int, cell.split(":")) for cell in cells], strict=True)
        assert label in ("0", "1")
        assert list(indices) == sorted(set(indices))
        assert min(indices) >= 1
        assert min(values) >= 1
        assert max(values) <= 255
        sizes.append(len(indices))
        largest = max(largest, *indices)
    assert largest == shape.features
    assert 0.15 < sum(sizes) / len(sizes) / shape.features < 0.25


def test_without_repeated_rows_nothing_leaks(tmp_path: Path) -> None:
    generate(tmp_path, Shape(repeated=0))
    assert not set(rows(tmp_path / "train.libsvm")) & set(rows(tmp_path / "test.libsvm"))


def test_the_last_feature_is_there_however_few_a_row_has(tmp_path: Path) -> None:
    generate(tmp_path, Shape(density=0.0))
    first, *others = rows(tmp_path / "train.libsvm")
    assert first.split(" ")[1].startswith("692:")
    assert set(others) == {"0", "1"}
