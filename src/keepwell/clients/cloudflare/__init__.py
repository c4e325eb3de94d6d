"""Cloudflare's rules, settings and bot management of one zone. DNS is `clients.dns`'s."""

from keepwell.clients.cloudflare.client import Cloudflare
from keepwell.clients.cloudflare.phase import PHASES
from keepwell.clients.cloudflare.terms import TERMS

__all__ = ["PHASES", "TERMS", "Cloudflare"]
