"""总行数据: files of headquarters' own contacts, the loan system's results, and refusals.

columns (headings → fields) → checking (cells → a row, or what is wrong with it)
→ applying (rows → logs, results, refusals; leads restated). One file a kind:
`contacts`, `results`, `refusals`. Rows are told once, however often and in
whatever order files tell them.
"""
