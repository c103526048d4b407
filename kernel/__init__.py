"""What every room stands on: ids, money, errors, states, events, the database and the wire."""
