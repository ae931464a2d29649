"""What Amazon MWAA and AWS Lambda are given, as files: `make package`."""

from tools.package.build import Built, Packages, build_packages

__all__ = ["Built", "Packages", "build_packages"]
