"""Bytes → rows, in a child process that is allowed little and may die.

`sandbox.py` is the side that asks; `child.py` the side that reads, with
`csv_file.py`, `workbook.py` and `sheet.py`. The child knows nothing of Django,
keys or the database. Both sides speak through `wire.py`.
"""
