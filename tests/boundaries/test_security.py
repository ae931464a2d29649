"""What SECURITY.md points at exists."""

import re

from tools.settings import REPOSITORY

TEXT = (REPOSITORY / "SECURITY.md").read_text(encoding="utf-8")


def test_every_link_and_every_path_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", TEXT)
    paths = re.findall(
        r"`((?:dags|docs|glue_scripts|infra|local_aws|penstock|plugins|requirements|serving|spark_jobs|tests|tools)/[\w./-]*)`",
        TEXT,
    )
    assert len(links) >= 3
    assert len(paths) >= 20
    assert [each for each in [*links, *paths] if not (REPOSITORY / each).exists()] == []


def test_every_make_target_that_it_names_exists() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"`make ([a-z-]+)`", TEXT))
    assert targets >= {"audit", "sbom", "licences"}
    assert targets <= set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
