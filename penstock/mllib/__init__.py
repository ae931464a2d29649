"""What pyspark.ml 3.5 offers, as a closed catalogue that needs no Spark: names, parameters and what they accept.

A recipe is checked against it where it is parsed. A test holds all of it against pyspark.ml itself.
"""
