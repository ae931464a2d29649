"""The page's colours: what is written in them can be read, in light, in dark and on paper."""

import re
from pathlib import Path

import pytest

import workflow.reporting.page as module
from workflow.reporting.charts import SHADE
from workflow.reporting.palette import VARIABLES

STYLE = (Path(module.__file__).parent / "pages/style.css").read_text()
WRITTEN = ["--ink", "--dim", "--link", "--good", "--bad"]
DRAWN = ["--first", "--second", "--third", "--fourth", "--idle", "--good", "--bad"]


def schemes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", STYLE, flags=re.DOTALL)
    light, dark, paper = (dict(re.findall(r"(--[\w-]+): (#[0-9a-f]+)", each)) for each in blocks)
    return {"light": light, "dark": dark, "print": {**light, **paper}}


def channels(colour: str) -> list[float]:
    digits = colour[1:] if len(colour) == 7 else "".join(each * 2 for each in colour[1:])
    return [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]


def luminance(channel: list[float]) -> float:
    """WCAG 2.2, relative luminance."""
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channel]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: list[float], other: list[float]) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_the_formula_is_wcags() -> None:
    assert contrast(channels("#fff"), channels("#000000")) == pytest.approx(21)
    assert contrast(channels("#777777"), channels("#ffffff")) == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_contrast(scheme: str) -> None:
    colours = {name: channels(value) for name, value in schemes()[scheme].items()}
    assert {*VARIABLES.values()} <= set(colours)
    for ground in ("--paper", "--card", "--warm"):
        for name in WRITTEN:
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
    for name in DRAWN:
        assert contrast(colours[name], colours["--card"]) >= 3, name


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize("shade", ["--first", "--second", "--third", "--fourth"])
def test_a_number_on_the_fullest_cell_can_be_read(scheme: str, shade: str) -> None:
    colours = {name: channels(value) for name, value in schemes()[scheme].items()}
    pairs = zip(colours[shade], colours["--card"], strict=True)
    cell = [SHADE * over + (1 - SHADE) * under for over, under in pairs]
    assert contrast(colours["--ink"], cell) >= 4.5
