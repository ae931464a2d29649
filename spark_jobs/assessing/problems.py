"""Which judge is for which kind of problem."""

from __future__ import annotations

from penstock.mllib.problems import Problem
from spark_jobs.assessing.judge_binary import BINARY
from spark_jobs.assessing.judge_clusters import CLUSTERS
from spark_jobs.assessing.judge_multiclass import MULTICLASS
from spark_jobs.assessing.judge_numbers import NUMBERS
from spark_jobs.assessing.judge_patterns import PATTERNS
from spark_jobs.assessing.judge_topics import TOPICS

JUDGES = {
    Problem.BINARY: BINARY,
    Problem.MULTICLASS: MULTICLASS,
    Problem.REGRESSION: NUMBERS,
    Problem.RECOMMENDATION: NUMBERS,
    Problem.CLUSTERING: CLUSTERS,
    Problem.TOPICS: TOPICS,
    Problem.PATTERNS: PATTERNS,
}
