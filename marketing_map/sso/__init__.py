"""The bank's own login (OpenID Connect), when OIDC_ISSUER names one: code flow with PKCE.

asking.py    HTTP to the provider: allowed hosts, so many bytes and seconds, no redirects
provider.py  what it publishes: addresses and keys, kept for an hour
tokens.py    the ID token: exchanged for the code, and believed only after every check
views.py     there and back, and who is let in
"""
