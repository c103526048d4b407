"""The generated reference set: what a market might look like where no real deals may be shipped, labelled as generated."""
