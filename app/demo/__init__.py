"""The demonstration: the whole loop of the market, driven over HTTP by different actors, on a database of its own."""
