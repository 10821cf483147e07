"""Debian's PgBouncer in transaction mode, before a server of the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict
from tests import databases, debian

PATIENCE = 30.0
SERVERS = 8
"""Connections to the server that all clients of a database share."""
SETTINGS = """[databases]
* = host={host} port={port}

[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = {servers}
max_client_conn = 200
server_round_robin = 1
logfile =
pidfile =
"""


@contextmanager
def pgbouncer(dsn: str) -> Iterator[str]:
    """Run it before the database of a superuser's DSN; give the application's DSN through it, as the driver wants it.

    Idle connections are lent in turn, so that hardly ever two transactions of a client meet the same one.
    """
    program = debian.program("pgbouncer", "pgbouncer")
    behind = conninfo_to_dict(dsn)
    folder = Path(tempfile.mkdtemp(prefix="renda-pool-", dir="/tmp"))
    made = {"host": behind["host"], "port": behind.get("port", 5432), "folder": folder, "servers": SERVERS}
    (folder / "pgbouncer.ini").write_text(SETTINGS.format(**made))
    (folder / "users.txt").write_text('"renda_app" ""\n')
    user = None
    if os.geteuid() == 0:  # which it refuses, as the server does
        known = pwd.getpwnam("embedded_postgres")
        user = known.pw_uid
        os.chown(folder, known.pw_uid, known.pw_gid)
        for file in folder.iterdir():
            os.chown(file, known.pw_uid, known.pw_gid)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, str(folder / "pgbouncer.ini")], user=user, stdout=log, stderr=log)  # noqa: S603 - ours
    front = f"host={folder} port=6432 dbname={behind['dbname']} user=renda_app"
    try:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(front).close()
                break
            except psycopg.OperationalError:
                told = (folder / "log").read_text(errors="replace")
                assert process.poll() is None, told
                assert time.monotonic() < until, told
                time.sleep(0.02)
        yield databases.url(front)
    finally:
        process.terminate()
        process.wait(PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)
