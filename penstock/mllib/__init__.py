"""What pyspark.ml 3.5 and xgboost.spark offer, as a closed catalogue that needs no Spark: names and parameters.

A recipe is checked against it where it is parsed. A test holds all of it against pyspark.ml and XGBoost themselves.
"""
