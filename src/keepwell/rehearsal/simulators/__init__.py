"""Stand-ins for the vendors' APIs, with state, on this machine.

Written from the vendors' descriptions and from what is known of their behaviour, never from our
clients: what both got wrong would otherwise agree.
"""
