"""What the head of a branch sees in the morning: the day in numbers, who is behind, targets."""
