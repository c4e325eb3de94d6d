"""What the further checks of a Redis have in common: they ask over the connection of the first."""

from keepwell.health.check import Check
from keepwell.health.reading import Criticality, ErrorClass
from keepwell.health.redis import Redis


class RedisCheck(Check):
    """A question about what a checked Redis holds; the Redis closes the connection."""

    def __init__(self, redis: Redis, *, name: str, criticality: Criticality) -> None:
        super().__init__(name, criticality=criticality)
        self.line = redis.line

    def classify(self, error: Exception) -> ErrorClass:
        """The class of what `round_trip_ms` raised."""
        return self.line.classify(error)
