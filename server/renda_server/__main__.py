"""``python -m renda_server``: serve the folder named by RENDA_HOME, or ./data."""

import os
from pathlib import Path

from renda_server.serving import serve

if __name__ == "__main__":
    serve(Path(os.environ.get("RENDA_HOME", "data")))
