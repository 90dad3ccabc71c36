"""The commands ``data list``, ``data fetch`` and ``data prepare``: training audio."""

from cyclopts import App

from unpatch.cli.data.fetch import fetch
from unpatch.cli.data.list import list_sets
from unpatch.cli.data.prepare import prepare

data = App(name="data", help="Get public audio to learn from. See `unpatch data fetch --help`.")
data.command(list_sets, name="list")
data.command(fetch)
data.command(prepare)
