"""The review desk: people judge what the model says, third parties sign, and what became of it is set beside it."""
