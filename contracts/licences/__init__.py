"""先用后转 and what follows from licences: the pool, free trials that convert to paid contracts, and the inventors' reward."""
