"""Waiting for AWS, and for services that reload, by the worker or by the triggerer.

It lies in the plugins folder, because the triggerer imports from there and not from the DAGs folder.
"""
