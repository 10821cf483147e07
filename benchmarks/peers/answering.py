"""Answer questions, one JSON line each: this runs in the peers' environment and imports nothing of ours."""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import traceback
from pathlib import Path


def main() -> None:
    """Read questions until the input ends; whatever the libraries print goes to standard error."""
    sys.path.insert(0, str(Path(__file__).parent))
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        print(answer(line), file=answers, flush=True)


def answer(line: str) -> str:
    """Call what one line asks for; its seconds are those of the call alone."""
    question = json.loads(line)
    module, _, name = question["function"].rpartition(".")
    try:
        function = getattr(importlib.import_module(module), name)
        start, busy = time.perf_counter(), time.process_time()
        found = function(**question["arguments"])
        told = {"seconds": time.perf_counter() - start, "processor": time.process_time() - busy}
        return json.dumps({"answer": found, **told})
    except Exception:
        return json.dumps({"failed": traceback.format_exc()})


if __name__ == "__main__":
    main()
