"""Supabase by its Management API: the project, its configuration, and what may reach it."""

from keepwell.clients.supabase.client import Supabase
from keepwell.clients.supabase.terms import TERMS

__all__ = ["TERMS", "Supabase"]
