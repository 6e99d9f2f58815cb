"""Decompresses a response body within limits: gzip, deflate, brotli and zstandard, also one within another. Pure."""

import re
import sys
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

import brotli  # pyright: ignore[reportMissingTypeStubs]

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MOST_UNPACKED: Final = 65_536
MOST_LAYERS: Final = 3

_PIECE: Final = 512
_NO_TEXT: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_GZIP: Final = 16 + zlib.MAX_WBITS


class _Stream(Protocol):
    """What the decompressors of zlib and of zstandard have in common."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Brotli:
    """Brotli as such a stream. It may return somewhat more than `max_length`; what follows its end is an error."""

    unused_data = b""

    def __init__(self) -> None:
        self._stream = cast("Any", brotli).Decompressor()

    @property
    def eof(self) -> bool:
        return self._stream.is_finished()

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        return self._stream.process(data, output_buffer_limit=max_length)


def _zlib(bits: int) -> Callable[[], _Stream]:
    return lambda: zlib.decompressobj(bits)


_PACKINGS: Final[Mapping[str, Sequence[Callable[[], _Stream]]]] = {
    "gzip": (_zlib(_GZIP),),
    "x-gzip": (_zlib(_GZIP),),
    "deflate": (_zlib(zlib.MAX_WBITS), _zlib(-zlib.MAX_WBITS)),  # many servers omit the zlib header
    "br": (_Brotli,),
    "zstd": (zstd.ZstdDecompressor,),
}
_DAMAGED: Final[tuple[type[Exception], ...]] = (zlib.error, zstd.ZstdError, cast("Any", brotli).error)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """`whole`: `data` is all of the body, not just its beginning."""

    data: bytes
    whole: bool
    remarks: tuple[str, ...] = ()


def unpacked(raw: bytes, encoding: str, *, whole: bool) -> Unpacked:
    """`encoding` is the header `content-encoding`; at most `MOST_UNPACKED` bytes of each layer are decompressed.

    Some servers name a character set or a transfer there, so text that is packed in an unknown way is kept as it is.
    """
    layers = _layers(encoding)
    if not layers or not raw:
        return Unpacked(raw, whole)
    known = [name for name in layers if name in _PACKINGS]
    told = ", ".join(reversed(layers))[:100]
    if len(layers) > MOST_LAYERS:
        return _unsupported(told, whole)
    plain = _layers_off(raw, known, whole)
    if known == layers:
        return plain
    if _NO_TEXT.search(plain.data):
        return _unsupported(told, whole)
    remark = f"The answer says that its body is packed as {told}, which is not known here; it is kept as it is."
    return Unpacked(plain.data, plain.whole, (*plain.remarks, remark))


def _unsupported(told: str, whole: bool) -> Unpacked:
    remark = f"The body is packed as {told}, which cannot be unpacked here."
    return Unpacked(b"", whole, (f"{remark} Answer as asked: unpacked (accept-encoding: identity).",))


def _layers_off(data: bytes, names: Sequence[str], whole: bool) -> Unpacked:
    remarks = tuple[str, ...]()
    for name in names:
        layer = _layer_off(data, name, whole)
        data, whole, remarks = layer.data, layer.whole, (*remarks, *layer.remarks)
    return Unpacked(data, whole, remarks)


def _layers(encoding: str) -> list[str]:
    """The content encodings to undo, last applied first."""
    names = [name.strip().lower() for name in encoding.split(",")]
    return [name for name in reversed(names) if name not in {"", "identity"}]


def _layer_off(data: bytes, name: str, whole: bool) -> Unpacked:
    for opened in _PACKINGS[name]:
        out, ended, damaged = _unpacked(data, opened)
        if out or ended or not damaged:
            break
    else:
        return Unpacked(data, whole, (f"The answer says that its body is packed as {name}, and it is not.",))
    if damaged or (whole and not ended and len(out) < MOST_UNPACKED):
        return Unpacked(out, True, (f"The {name} in the body is damaged: this is what could be unpacked.",))
    return Unpacked(out, whole and ended)


def _unpacked(data: bytes, opened: Callable[[], _Stream]) -> tuple[bytes, bool, bool]:
    """The decompressed bytes up to the limit, whether the stream is complete, and whether it is corrupt.

    Decompresses in pieces, so that everything before the corruption is kept.
    """
    out, ended, stream = bytearray(), False, opened()
    for start in range(0, len(data), _PIECE):
        piece = data[start : start + _PIECE]
        while piece and len(out) < MOST_UNPACKED:
            try:
                out += stream.decompress(piece, MOST_UNPACKED - len(out))
            except _DAMAGED:  # after a complete member, this is padding
                return bytes(out), ended, not ended
            ended, piece = stream.eof, stream.unused_data
            if ended:
                stream = opened()
    return bytes(out[:MOST_UNPACKED]), ended and len(out) < MOST_UNPACKED, False
