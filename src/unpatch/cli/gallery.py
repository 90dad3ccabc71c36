"""The command ``gallery``."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter as Option

from unpatch.cli.console import TERMINAL, Output, print_text
from unpatch.cli.options import Count


def gallery(
    *models: Path,
    data: Annotated[tuple[Path, ...], Option(negative=())],
    count: Count = 6,
    output: Output = Path("out/gallery"),
) -> None:
    """Show held-out examples, truth left and estimate right, with players: one HTML page.

    **Examples**

        unpatch gallery runs/singing_small_ours/model --data data/singing/val_unseen
        unpatch gallery runs/singing_small_ours/model runs/drums_small_ours/model \\
            --data data/singing/val_unseen --data data/drums/val_unseen -o out/gallery

    Parameters
    ----------
    models:
        Folders of models, one for each data set.
    data:
        Folder of shards with pictures and dry audio; given as often as there are models.
    count:
        Examples of each data set, spread evenly over it.
    output:
        Folder for index.html.
    """
    from unpatch.dsp.cpu import configure_cpu
    from unpatch.jobs.galleries import write_gallery

    configure_cpu()
    print_text(str(write_gallery(models, data, output, count=count, reporter=TERMINAL).resolve()))
