"""Who sent a request: AWS's Signature Version 4, checked as AWS checks it."""
