"""Technology contracts: drafted from a deal, planned, signed by both sides, in force, registered with the registry."""
