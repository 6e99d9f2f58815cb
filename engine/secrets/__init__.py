"""Secrets at rest and in transit: sealing, signing, masking."""
