"""What can be done with money: record that it came in, say what it was for, take a posting back."""

from contracts.settlement.commands.posting import post, reverse
from contracts.settlement.commands.receiving import claim_receipt, record_receipt

__all__ = ["claim_receipt", "post", "record_receipt", "reverse"]
