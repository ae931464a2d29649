"""Pure functions from DataFrame to DataFrame: lines to fields, fields to judged rows, judged rows to tables."""
