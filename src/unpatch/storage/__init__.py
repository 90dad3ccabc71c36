"""Files: atomic writing, inputs that are no outputs, documents, archives, checksums, downloads."""
