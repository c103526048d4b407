"""Valuation: past transactions come in, an explained price or an honest "not enough evidence" goes out."""
