"""The commands by name. Their modules are light: torch is imported when a command runs."""

from cyclopts import App, Parameter

from unpatch import __version__
from unpatch.cli.conversion import value_of
from unpatch.cli.data import data
from unpatch.cli.demo import demo
from unpatch.cli.draw import draw
from unpatch.cli.estimate import estimate
from unpatch.cli.evaluate import evaluate
from unpatch.cli.export import export
from unpatch.cli.fit import fit
from unpatch.cli.gallery import gallery
from unpatch.cli.list import list_kinds
from unpatch.cli.match import match
from unpatch.cli.mcp import mcp
from unpatch.cli.render import render
from unpatch.cli.search import search
from unpatch.cli.show import show
from unpatch.cli.studio import studio
from unpatch.cli.synth import synth
from unpatch.cli.train import train

app = App(
    name="unpatch",
    help="Hear a sound, get the patch: recover the audio processing graph behind a recording.",
    help_epilogue="Start with `unpatch demo`. Every command has examples: `unpatch estimate --help`.",
    help_format="markdown",
    suppress_keyboard_interrupt=False,  # `unpatch.cli.main` reports it in one line
    version=__version__,
    default_parameter=Parameter(converter=value_of),
)

app.command(list_kinds, name="list")
app.command(show)
app.command(draw)
app.command(render)
app.command(export)
app.command(data)
app.command(synth)
app.command(train)
app.command(evaluate)
app.command(gallery)
app.command(estimate)
app.command(fit)
app.command(search)
app.command(match)
app.command(demo)
app.command(studio)
app.command(mcp)
