"""The pyramid: exact counts of leads by cell, in time that does not grow with their number.

A lead that changes writes what changed into a journal (`triggers`); the clock
folds the journal into cells (`folding`); a count is cells plus journal, read in
one statement (`counting`), for the questions that cells can answer (`question`).
See docs/adr/0023.
"""
