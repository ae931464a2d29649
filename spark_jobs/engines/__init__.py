"""Libraries beside MLlib that fit the recommender's factors, on MLlib's objective and into MLlib's model."""
