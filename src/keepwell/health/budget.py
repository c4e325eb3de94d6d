"""How long things may take, so that an answer comes before the 5 s are over that Render waits.

A check that hangs when its fault is mended is asked anew within 2 s: a new connection has 1.5 s, a
question on an open one has 1 s, and no reading counts for longer than a second from its start.

Source: https://render.com/docs/health-checks (read 2026-11)
"""

TOTAL_S = 4.0
CHECK_S = 2.0
CONNECT_S = 1.5
QUERY_S = 1.0
