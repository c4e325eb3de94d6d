"""The whole loop on this machine: real servers, stand-ins, scenarios."""
