"""How calculations, reports, scorecards and indications look on the wire."""
