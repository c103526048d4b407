"""What the parties' room takes and gives over the wire."""
