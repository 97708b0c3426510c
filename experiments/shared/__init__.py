"""What the experiments that are held against theory share."""
