"""The demo: 潍坊 with 寿光, 青州 and 昌乐, invented customers in real villages.

Everything follows from the number of customers and the seed. Names are made
of common surnames and given names; phones lie in segments allocated to nobody,
ID numbers in a county code that was never assigned; positions are 示意.
"""
