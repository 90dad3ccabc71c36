"""Commands run in the tests' own process."""

import pytest

from unpatch.cli import main


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """What a command that should succeed printed on stdout."""
    with pytest.raises(SystemExit) as ended:
        main([str(a) for a in arguments])
        raise SystemExit(0)
    captured = capsys.readouterr()
    assert not ended.value.code, captured.err
    return captured.out
