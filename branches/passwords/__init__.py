"""What a password must be (PASSWORD_PROFILE), and what it must not."""
