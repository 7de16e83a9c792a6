"""What list operations at headquarters open."""
