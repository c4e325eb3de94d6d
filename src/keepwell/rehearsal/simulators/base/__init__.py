"""What all stand-ins share: serving on loopback, a journal, limits, and faults on demand."""

from keepwell.rehearsal.simulators.base.desk import Desk, Policy
from keepwell.rehearsal.simulators.base.exchange import Exchange
from keepwell.rehearsal.simulators.base.fault import Fault
from keepwell.rehearsal.simulators.base.serving import serve

__all__ = ["Desk", "Exchange", "Fault", "Policy", "serve"]
