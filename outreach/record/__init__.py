"""What is on record about one customer: who saw them, what is held, what a deletion empties."""
