"""What the exchange keeps: rows in a database, and archives in folders. No rule about people is in here."""
