"""Render by its API: services, their variables, domains and scaling, groups, key-value stores."""

from keepwell.clients.render.client import Render
from keepwell.clients.render.terms import TERMS

__all__ = ["TERMS", "Render"]
