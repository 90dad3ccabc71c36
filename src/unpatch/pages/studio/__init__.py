"""The studio: a local web application over the public API, for one person on one machine.

Uploads and results lie in one folder: files by the hash of their content, a folder for every job, and a
database of files, jobs, graphs and ratings. Work is done by worker processes; the page follows it by
server-sent events.
"""
