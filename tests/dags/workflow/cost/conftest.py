"""A price list of a few products in AWS's own form, and a server that answers with it as AWS's API does."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

REGION = {"regionCode": "eu-west-1", "locationType": "AWS Region"}
LINUX = {
    **REGION,
    "operatingSystem": "Linux",
    "tenancy": "Shared",
    "preInstalledSw": "NA",
    "capacitystatus": "Used",
    "licenseModel": "No License required",
}


def product(code: str, usd: str, family: str, **attributes: str) -> dict[str, Any]:
    """One entry of GetProducts: the product and its only on-demand term."""
    dimension = {"unit": "Hrs", "beginRange": "0", "endRange": "Inf", "pricePerUnit": {"USD": usd}}
    term = {"priceDimensions": {"SKU.JRTCKXETXF.6YS6EN2CT7": dimension}, "termAttributes": {}}
    return {
        "product": {"productFamily": family, "attributes": {"servicecode": code, **attributes}, "sku": "SKU"},
        "serviceCode": code,
        "terms": {"OnDemand": {"SKU.JRTCKXETXF": term}},
    }


def ec2(kind: str, usd: str, **attributes: str) -> dict[str, Any]:
    return product("AmazonEC2", usd, "Compute Instance", **{**LINUX, "instanceType": kind, **attributes})


def emr(kind: str, usd: str, software: str = "EMR") -> dict[str, Any]:
    family = "Elastic Map Reduce Instance"
    return product("ElasticMapReduce", usd, family, **REGION, instanceType=kind, softwareType=software)


def serverless(usage: str, usd: str) -> dict[str, Any]:
    return product("ElasticMapReduce", usd, "EMR Serverless", **REGION, usagetype=f"EU-EMR-SERVERLESS-{usage}")


def glue(usage: str, usd: str) -> dict[str, Any]:
    return product("AWSGlue", usd, "AWS Glue", **REGION, usagetype=f"EU-{usage}")


PRODUCTS = [
    ec2("m7g.xlarge", "0.1819000000"),
    ec2("m7g.xlarge", "0.0000000000"),
    ec2("m7g.xlarge", "9.0000000000", operatingSystem="Windows"),
    ec2("m7g.xlarge", "8.0000000000", regionCode="us-east-1"),
    ec2("m1.small", "0.0440000000"),
    ec2("t4g.large", "0.0736000000"),
    emr("m7g.xlarge", "0.0455000000"),
    emr("m7g.xlarge", "7.0000000000", software="MapR M7"),
    emr("m1.small", "0.0110000000"),
    product("AmazonEC2", "0.0880000000", "Storage", **REGION, volumeApiName="gp3", usagetype="EU-EBS:VolumeUsage.gp3"),
    serverless("vCPUHours", "0.0526240000"),
    serverless("MemoryGBHours", "0.0057785000"),
    serverless("ARM-vCPUHours", "0.0420990000"),
    serverless("StorageGBHours", "0.0001220000"),
    glue("ETL-DPU-Hour", "0.4400000000"),
    glue("ETL-DPU-Hour-Gen2", "0.3080000000"),
    glue("Catalog-Request", "0.0000010000"),
]


@dataclass
class PriceListServer:
    """AWS's Price List API, as far as GetProducts goes: equality filters, pages of two."""

    url: str = ""
    denied: bool = False
    asked: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append(request)
        if self.denied:
            return 400, {"__type": "AccessDeniedException", "Message": "not authorized to perform pricing:GetProducts"}
        found = [json.dumps(each) for each in PRODUCTS if self._matches(each, request)]
        start = int(request.get("NextToken", 0))
        more = {"NextToken": str(start + 2)} if start + 2 < len(found) else {}
        return 200, {"FormatVersion": "aws_v1", "PriceList": found[start : start + 2], **more}

    @staticmethod
    def _matches(each: dict[str, Any], request: dict[str, Any]) -> bool:
        attributes = {**each["product"]["attributes"], "productFamily": each["product"]["productFamily"]}
        wanted = {term["Field"]: term["Value"] for term in request["Filters"] if term["Type"] == "TERM_MATCH"}
        return each["serviceCode"] == request["ServiceCode"] and wanted.items() <= attributes.items()


@pytest.fixture
def price_list(_localhost: None) -> Iterator[PriceListServer]:
    server = PriceListServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = server.answer(json.loads(body))
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server.url = f"http://127.0.0.1:{http.server_port}"
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield server
        http.shutdown()
        thread.join()
