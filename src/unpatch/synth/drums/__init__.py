"""Drums: kits, performances, and what they sound like together."""
