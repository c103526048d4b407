"""What-if: the model that made a valuation asked again with what a person can change; its behaviour, never a cause."""
