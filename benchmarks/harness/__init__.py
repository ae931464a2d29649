"""Whole processes compared in one run: every side in turn, several times over, with its time and its memory.

    from harness.comparison import Side, compare
    from harness.document import publish

    sides = [Side(name="MLlib", argv=[python, __file__, "--side", "mllib"]), Side(name="Penstock", argv=[...])]
    publish("scoring", title="Top ten for every user", command="python benchmarks/score.py", comparison=compare(sides))

That much runs with the interpreter of requirements/local.txt; a side runs with any, and may tell more of itself:

    from harness.report import measured

    measured(cold_s=10.2, warm_s=4.0)
"""
