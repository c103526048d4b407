"""Model runs as they are kept: how good they were by group and price, their card, their files, and whether the world drifts."""
