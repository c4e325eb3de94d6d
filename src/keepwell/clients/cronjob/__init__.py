"""cron-job.org, the external clock: its jobs, folders, and the history of their executions."""

from keepwell.clients.cronjob.client import CronJob
from keepwell.clients.cronjob.sight import LAST
from keepwell.clients.cronjob.terms import TERMS

__all__ = ["LAST", "TERMS", "CronJob"]
