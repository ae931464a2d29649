"""What keeps a deployment tidy: clusters that outlived their run, and what is too old to keep."""
