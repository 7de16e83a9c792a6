"""What the map answers for a filter and a window: tiles, pins, totals, the nearest, the list's order.

Nothing here knows of requests; ``map_views`` asks and writes the pages.
"""
