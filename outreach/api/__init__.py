"""Leads and contact logs, for the bank's other systems."""
