"""Networks from files, and files from networks."""
