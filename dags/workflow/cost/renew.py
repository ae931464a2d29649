"""Write the snapshot anew from AWS's price list: `python -m workflow.cost.renew us-east-1 eu-west-1`.

Needs credentials that may call pricing:GetProducts, found as boto3 finds them. Rows of other regions are kept.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from workflow.cost.lookup import client_of
from workflow.cost.price_list import API_REGION, OFFERS, read_offer
from workflow.cost.snapshot import COLUMNS, FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from workflow.cost.prices import Item

CURRENT = re.compile(r"([mcr][5-9]|i[3-9]|x[2-9]|g[4-9])[a-z]*\.")
"""General, compute, memory, storage, large-memory and GPU families, without generations that AWS calls previous."""
Row = dict[str, str]


def main(argv: Sequence[str] | None = None) -> int:
    """Renew the regions that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m workflow.cost.renew", description=__doc__)
    parser.add_argument("regions", nargs="+", help="region codes: us-east-1 eu-west-1")
    regions = parser.parse_args(argv).regions
    client = client_of("pricing", None, API_REGION)
    written = renew(client, regions, FILE, today=datetime.now(UTC).date().isoformat())
    sys.stdout.write(f"{written} prices of {', '.join(regions)} written to {FILE}\n")
    return 0


def renew(client: Any, regions: Sequence[str], path: Path, *, today: str) -> int:
    """Replace the rows of `regions`, all or none, and return how many there are; raises botocore's errors."""
    fresh = [row for region in regions for row in _rows(region, _region(client, region), today)]
    with path.open(encoding="utf-8", newline="") as file:
        kept = [row for row in csv.DictReader(file) if row["region"] not in regions]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted([*kept, *fresh], key=lambda row: [row[name] for name in COLUMNS[:3]]))
    return len(fresh)


def _region(client: Any, region: str) -> dict[Item, float]:
    """Everything that can be estimated there: of instances, those that EMR has a fee for."""
    found: dict[Item, float] = {}
    for service in OFFERS:
        found |= read_offer(client, region, service)
    on_emr = {name for service, name in found if service == "emr" and CURRENT.match(name)}
    return {item: usd for item, usd in found.items() if item[0] not in {"ec2", "emr"} or item[1] in on_emr}


def _rows(region: str, prices: dict[Item, float], today: str) -> Iterable[Row]:
    for (service, name), usd in prices.items():
        yield dict(zip(COLUMNS, (region, service, name, str(usd), today), strict=True))


if __name__ == "__main__":
    sys.exit(main())
