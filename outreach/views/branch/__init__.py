"""What the head of a branch opens: assigning, lists, comparisons."""
