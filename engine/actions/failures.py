"""Classifies a call that failed without a response: a class and plain words for any exception."""

import socket
from collections.abc import Iterator
from typing import Final

import aiohttp
from ssrfguard import BlockedAddressError

from engine.model import AttemptError, ErrorClass


def refused(cause: BaseException) -> str:
    return _REFUSED.format(cause=shortly(cause))


def uncallable(cause: ValueError) -> AttemptError:
    return AttemptError(error_class=ErrorClass.ADDRESS_REFUSED, message=_UNCALLABLE.format(cause=cause))


def classify(error: Exception) -> AttemptError:
    """The class and plain words for any exception of a call, based on its whole chain of causes."""
    chain = list(causes(error))
    for kind, (error_class, words) in _KINDS.items():
        for cause in chain:
            if isinstance(cause, kind):
                return AttemptError(error_class=error_class, message=words.format(cause=shortly(cause)))
    words = f"The answer is no valid HTTP: {shortly(chain[-1])}"
    return AttemptError(error_class=ErrorClass.INVALID_RESPONSE, message=words)


def causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, aiohttp.ClientConnectorError):
            yield error.os_error
        error = error.__cause__ or error.__context__


def shortly(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:300]


_REFUSED: Final = "This address is not public, and calls go to public addresses alone. {cause}"
_UNCALLABLE: Final = "This address cannot be called: {cause}."
_KINDS: Final[dict[type[BaseException], tuple[ErrorClass, str]]] = {
    BlockedAddressError: (ErrorClass.ADDRESS_REFUSED, _REFUSED),
    socket.gaierror: (ErrorClass.DNS_ERROR, "The host name could not be looked up: {cause}"),
    aiohttp.ClientConnectorDNSError: (ErrorClass.DNS_ERROR, "The host name could not be looked up: {cause}"),
    aiohttp.ClientSSLError: (ErrorClass.TLS_ERROR, "No trusted encrypted connection: {cause}"),
    aiohttp.ServerTimeoutError: (ErrorClass.TIMEOUT, "No answer in time: {cause}"),
    TimeoutError: (ErrorClass.TIMEOUT, "No answer in time: {cause}"),
    ConnectionRefusedError: (ErrorClass.CONNECTION_REFUSED, "Nothing listens at this address and port."),
    aiohttp.ClientResponseError: (ErrorClass.INVALID_RESPONSE, "The answer is no valid HTTP: {cause}"),
    aiohttp.InvalidURL: (ErrorClass.ADDRESS_REFUSED, _UNCALLABLE),
    aiohttp.ServerDisconnectedError: (ErrorClass.CONNECTION_RESET, "The receiver closed the connection."),
    ConnectionError: (ErrorClass.CONNECTION_RESET, "The connection was lost: {cause}"),
    aiohttp.ClientPayloadError: (ErrorClass.CONNECTION_RESET, "The connection was lost within the answer: {cause}"),
    OSError: (ErrorClass.CONNECTION_REFUSED, "No connection could be made: {cause}"),
}
"""Kinds from most to least specific; of each, the outermost matching cause."""
