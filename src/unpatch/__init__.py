"""unpatch: hear a sound, get the patch."""

__version__ = "0.1.0"
