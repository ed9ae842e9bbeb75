"""The native module's types."""

from collections.abc import Buffer  # type: ignore[attr-defined]

def blake3_hex(buffer: Buffer) -> str:
    """Return the BLAKE3 digest of a C-contiguous buffer, 64 lower-case hex digits."""

class Blake3:
    """A BLAKE3 hasher that is fed piece by piece; large pieces release the GIL."""

    def __init__(self) -> None: ...
    def update(self, buffer: Buffer) -> None:
        """Add a C-contiguous buffer."""
    def hexdigest(self) -> str:
        """Return the digest of everything added so far."""

def buffer_address(buffer: Buffer) -> int:
    """Return where a C-contiguous buffer stands in memory."""

def die_with_parent(signal: int) -> None:
    """Have the kernel send ``signal`` to this process when the thread that forked it ends."""

def verify_blob(path: str, digest: str, producer: str, artifact: str) -> None:
    """Verify a blob's file; raises `DamagedArtifact` naming the artifact and its producer."""
