"""Crawlers that crawl: they look at their targets' files and write tables and partitions into the Data Catalog."""
