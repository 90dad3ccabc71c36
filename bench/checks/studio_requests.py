"""Random requests to a running studio, 10,000 if no other number is given.

    python -m bench.checks.studio_requests
    python -m bench.checks.studio_requests 100000

Ends with an error at the first response that is a fault of the server (5xx) or has more than one line, and
where a file is left outside of the folder.
"""

import sys
import tempfile
from pathlib import Path

from tests.studio_fuzz import fuzzed
from tests.studio_server import served

COUNT, SEED = 10_000, 1


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "studio"
        with served(place, upload_mb=1) as server:
            seen = fuzzed(server, count, SEED)
        assert [path.name for path in Path(folder).iterdir()] == ["studio"], "a file is outside of the folder"
    for status, number in sorted(seen.items()):
        print(f"{status}: {number}")
    print(f"{seen.total()} requests, none a fault of the server")


if __name__ == "__main__":
    main()
