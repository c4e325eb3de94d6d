"""The version, readable without the package being installed (actions run from a checkout)."""

VERSION = "0.1.0"
