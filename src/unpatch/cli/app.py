"""The commands by name. Their modules are light: torch is imported when a command runs."""

from cyclopts import App, Parameter

from unpatch import __version__
from unpatch.cli import (
    data,
    demo,
    exporting,
    find,
    judge,
    learn,
    look,
    match,
    mix,
    refine,
    sound,
    studio,
    training,
)
from unpatch.cli.words import value_of

app = App(
    name="unpatch",
    help="Hear a sound, get the patch: recover the audio processing graph behind a recording.",
    help_epilogue="Start with `unpatch demo`. Every command has examples: `unpatch estimate --help`.",
    help_format="markdown",
    suppress_keyboard_interrupt=False,  # `unpatch.cli.main` reports it in one line
    version=__version__,
    default_parameter=Parameter(converter=value_of),
)

app.command(look.list_kinds, name="list")
app.command(look.show)
app.command(look.draw)
app.command(sound.render)
app.command(exporting.export)
app.command(data.data)
app.command(learn.synth)
app.command(training.train)
app.command(judge.evaluate)
app.command(judge.gallery)
app.command(find.estimate)
app.command(refine.fit)
app.command(mix.search)
app.command(match.match)
app.command(demo.demo)
app.command(studio.studio)
