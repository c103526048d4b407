"""Results (成果): what a unit has made, whose it is, how long the right lives, and whether it may be sold."""
