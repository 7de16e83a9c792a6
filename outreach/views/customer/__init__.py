"""What a customer opens, without login."""
