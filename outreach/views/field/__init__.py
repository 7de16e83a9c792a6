"""What an account manager opens on the phone."""
