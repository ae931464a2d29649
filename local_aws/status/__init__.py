"""The page that a browser shows at the root of the API's address: what runs, what ran, and its logs."""
