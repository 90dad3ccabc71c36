"""From files to files: one function for each command, for programs that work on files themselves.

Each checks its inputs and outputs before any work, raises ``ValueError`` or ``OSError`` with one clear line,
and reports progress to a :class:`unpatch.execution.reporting.Reporter`. Where a message names an argument,
it is called as on the command line.
"""
