"""What may be done among the parties; each command loads and locks, asks the rules, writes and tells."""

from parties.commands import affiliations, invitations, keys, organisations, people, resets, sign_in

__all__ = ["affiliations", "invitations", "keys", "organisations", "people", "resets", "sign_in"]
