"""Which judge is for which kind of problem."""

from __future__ import annotations

from penstock.mllib.problems import Problem
from spark_jobs.assessing.judge_binary import BINARY

JUDGES = {Problem.BINARY: BINARY}
