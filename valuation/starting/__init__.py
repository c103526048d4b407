"""Where to start an auction: what past lots, sold and unsold, say of the chance of a sale and of what it brings."""
