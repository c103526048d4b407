"""Past transactions in: other people's tables are read row by row, kept or reported, never half of either."""
