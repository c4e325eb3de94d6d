"""The records of a zone at Cloudflare, by octoDNS. The rest is `clients.cloudflare`'s."""

from keepwell.clients.dns.client import Dns
from keepwell.clients.dns.terms import TERMS

__all__ = ["TERMS", "Dns"]
