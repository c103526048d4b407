"""Contracts and licences: from the deal to the signed contract, the money, the registration, the reward and the statistics."""
