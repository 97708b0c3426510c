"""The rules: ordering, input and allocation, one file each."""
