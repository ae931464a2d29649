"""The page's colours, each by its role: charts are drawn in stand-ins that the page's style sheet gives their colour.

So one picture serves light, dark and paper. The series are of Okabe and Ito's palette (Color Universal Design, 2008),
which people with any colour vision can tell apart; no chart tells its series by colour alone.
"""

from __future__ import annotations

INK, DIM, GRID, PAPER = "#000001", "#000002", "#000003", "#000004"
FIRST, SECOND, THIRD, FOURTH = "#000005", "#000006", "#000007", "#000008"
GOOD, BAD, IDLE = "#000009", "#00000a", "#00000b"

VARIABLES = {
    INK: "--ink",
    DIM: "--dim",
    GRID: "--line",
    PAPER: "--card",
    FIRST: "--first",
    SECOND: "--second",
    THIRD: "--third",
    FOURTH: "--fourth",
    GOOD: "--good",
    BAD: "--bad",
    IDLE: "--idle",
}
"""A chart's colour to the variable of style.css that it stands for."""

STATES = {"success": GOOD, "failed": BAD, "upstream_failed": BAD}
"""Of a task, an expectation or a check; others are idle."""
