"""Debian's nginx, as the server of plain files that Lapis is measured by."""

from __future__ import annotations

import os
from pathlib import Path

from server import CONTAINER, Spawned, free_port, head_text

# As Debian's nginx.conf has it, but for one worker, no access log, and connections that are not
# closed after a thousand requests: all of that in nginx's favour. Gzip has no say over this type.
NGINX = """\
daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/error.log warn;
{user}
events {{ worker_connections 768; }}
http {{
  sendfile on;
  tcp_nopush on;
  types {{}}
  default_type application/octet-stream;
  access_log off;
  keepalive_requests 1000000000;
  client_max_body_size 0;
  client_body_temp_path {directory}/bodies;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {directory}/files;
    location / {{ dav_methods PUT DELETE; create_full_put_path on; }}
  }}
}}
"""


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Nginx(Spawned):
    """Static files, and WebDAV's PUT, which syncs nothing."""

    name = "nginx"
    overwritten = 204

    @property
    def files(self) -> Path:
        return self.directory / "files" / CONTAINER

    def start(self) -> None:
        self.files.mkdir(parents=True)
        port = free_port()
        user = "user root;" if os.getuid() == 0 else ""  # else its workers may not write here
        config = self.directory / "nginx.conf"
        config.write_text(NGINX.format(directory=self.directory, port=port, user=user))
        self.launch(["nginx", "-p", str(self.directory), "-c", str(config)], port)

    def remove_data(self) -> None:
        """Left for the end of the run: for minutes after many files were deleted, ext4 takes long to
        find an inode that it may use for a new one, and the next row's nginx would pay for it."""

    def processes(self) -> list[int]:
        return [self.process.pid, *children(self.process.pid)]

    def get_head(self, blob: str, shared_key: bool = False) -> str:
        return head_text("GET", f"/{CONTAINER}/{blob}", {"Host": "127.0.0.1"})

    def put_head(self, blob: str, length: int) -> str:
        headers = {"Host": "127.0.0.1", "Content-Length": str(length)}
        return head_text("PUT", f"/{CONTAINER}/{blob}", headers)
