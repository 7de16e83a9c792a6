"""What an account manager does next: 今日, villages, and what is done."""
