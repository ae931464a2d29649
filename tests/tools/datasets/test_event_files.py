import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from tools.datasets.dataset import Source, sha256
from tools.datasets.event_files import BEGIN, Facts, Shape, generate, names
from tools.datasets.events import EVENTS
from tools.datasets.locate import locate
from tools.settings import Settings

SMALL = Shape(files=4, events_per_file=50, first_late=2, late=20, malformed=12)


def test_equal_seeds_give_equal_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("first", 42), ("second", 42), ("other", 7)):
        generate(tmp_path / name, Shape(files=2, events_per_file=10, late=0, malformed=0, seed=seed))
    first, second, other = (sha256(tmp_path / name / "events-0000.jsonl") for name in ("first", "second", "other"))
    assert first == second != other


def well_formed(folder: Path) -> dict[str, list[datetime]]:
    """Times of the events that a strict reader takes, by file."""
    found: dict[str, list[datetime]] = {}
    for name in names(SMALL):
        for line in (folder / name).read_text().splitlines():
            try:
                event = json.loads(line)
                moment = datetime.fromisoformat(event["event_time"])
                assert event["action"]
                known = moment.tzinfo is not None and moment.year == BEGIN.year
            except (ValueError, KeyError, TypeError):
                continue
            if known:
                found.setdefault(name, []).append(moment)
    return found


def test_the_facts_are_true(tmp_path: Path) -> None:
    facts = generate(tmp_path, SMALL)
    times = well_formed(tmp_path)
    late = {name: [each for each in found if each < BEGIN - timedelta(minutes=8)] for name, found in times.items()}
    assert (facts.events, facts.late, sum(facts.malformed.values())) == (200, 20, 12)
    assert [bool(late[name]) for name in names(SMALL)] == [False, False, True, True]
    assert sum(map(len, late.values())) == facts.late
    assert sum(map(len, times.values())) == facts.late + facts.counted == 200 - 12
    hours = Counter(
        each.replace(minute=0, second=0, microsecond=0).isoformat()
        for name, found in times.items()
        for each in found
        if each not in late[name]
    )
    assert hours == {hour: sum(actions.values()) for hour, actions in facts.windows.items()}
    written = json.loads((tmp_path / "facts.json").read_text())
    assert Facts(**{**written, "shape": Shape(**written["shape"])}) == facts


def test_an_event_that_is_not_late_comes_soon(tmp_path: Path) -> None:
    generate(tmp_path, SMALL)
    for number, name in enumerate(names(SMALL)):
        opens = BEGIN + number * timedelta(minutes=SMALL.minutes_per_file)
        soon = [each for each in well_formed(tmp_path)[name] if each >= BEGIN - timedelta(minutes=8)]
        assert min(soon) >= opens - timedelta(minutes=SMALL.on_time_minutes)
        assert max(soon) < opens + timedelta(minutes=SMALL.minutes_per_file)


def test_they_are_generated_even_where_a_folder_is_named(tmp_path: Path) -> None:
    found = locate(Settings(home=tmp_path / "home", data=tmp_path), EVENTS)
    assert found.source is Source.GENERATED
    assert found.detail == "generated, seed 42: 12,000 events, 120 of them late, 60 malformed"
    assert all((found.folder / name).is_file() for name in found.files)
