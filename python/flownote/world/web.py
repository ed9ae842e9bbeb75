"""What comes over HTTP and from S3, with the version that the server tells.

An answer with an ``ETag`` or ``Last-Modified`` is a read that can be looked up; any other
makes the result unverified.
"""

from __future__ import annotations

import functools

from flownote.world import watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.reads import Reads

# Seconds that a look-up waits for an answer.
PATIENCE = 3.0


def _urllib(original: Any, _: str) -> Any:
    """Wrap ``urllib.request.OpenerDirector.open``."""

    @functools.wraps(original)
    def opening(self: Any, fullurl: Any, data: Any = None, *args: Any, **kwargs: Any) -> Any:
        address = fullurl if isinstance(fullurl, str) else fullurl.full_url
        reads = watch.reading()
        if reads is None or not address.startswith(("http://", "https://")):
            return original(self, fullurl, data, *args, **kwargs)
        method = "GET" if isinstance(fullurl, str) else fullurl.get_method()
        with watch.covered():
            response = original(self, fullurl, data, *args, **kwargs)
            _record(reads, "POST" if data else method, address, response.status, response.headers)
            return response

    return opening


def _session(original: Any, _: str) -> Any:
    """Wrap ``send(request)`` of a session: `requests` and `httpx`."""

    @functools.wraps(original)
    def sending(self: Any, request: Any, **kwargs: Any) -> Any:
        reads = watch.reading()
        if reads is None:
            return original(self, request, **kwargs)
        with watch.covered():
            response = original(self, request, **kwargs)
            address, status = str(request.url), response.status_code
            _record(reads, request.method, address, status, response.headers)
            return response

    return sending


def _record(reads: Reads, method: str, address: str, status: int, headers: Any) -> None:
    if address in watch.declarations("url"):
        return
    shown = without_secrets(address)
    if method not in ("GET", "HEAD"):
        reads.cannot_verify(f"sent a {method} to {shown}")
    elif shown != address:
        reads.cannot_verify(f"read {shown} with a password")
    elif status in (404, 410):
        reads.external("url", address, None)
    elif status >= 400:
        reads.cannot_verify(f"read {shown}, which answered {status}")
    else:
        version = version_in(headers)
        if version is None:
            reads.cannot_verify(f"read {shown}, which tells no ETag or Last-Modified")
        else:
            reads.external("url", address, version)


def version_in(headers: Any) -> str | None:
    """Return the version that an answer's headers tell."""
    for name, kind in (("ETag", "etag"), ("Last-Modified", "modified")):
        value = headers.get(name)
        if value:
            return f"{kind}:{value}"
    return None


def without_secrets(address: str) -> str:
    """Return an address without the user and password in it."""
    from urllib.parse import urlsplit, urlunsplit

    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def url_version(address: str) -> tuple[bool, str | None]:
    """Return whether the version at an address can be told now, and the version."""
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    for method in ("HEAD", "GET"):
        try:
            with watch.covered(), urlopen(Request(address, method=method), timeout=PATIENCE) as it:
                version = version_in(it.headers)
                return version is not None, version
        except HTTPError as error:
            if error.code in (404, 410):
                return True, None
            if method == "HEAD" and error.code in (405, 501):
                continue  # it knows no HEAD
            return False, None
        except (URLError, OSError, ValueError):
            return False, None
    return False, None


def _boto(original: Any, _: str) -> Any:
    """Wrap ``botocore.client.BaseClient._make_api_call``."""

    @functools.wraps(original)
    def calling(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        reads = watch.reading()
        if reads is None:
            return original(self, operation_name, api_params)
        with watch.covered():
            answer = original(self, operation_name, api_params)
            service = self.meta.service_model.service_name
            if service == "s3" and operation_name in ("GetObject", "HeadObject"):
                name = f"{api_params['Bucket']}/{api_params['Key']}"
                endpoint = self.meta.endpoint_url
                if "amazonaws.com" not in endpoint:
                    name = f"{endpoint}/{name}"
                reads.external("s3", name, s3_version_in(answer))
            elif not watch.is_declared():
                reads.cannot_verify(f"asked {service} for {operation_name}")
            return answer

    return calling


def s3_version_in(answer: dict[str, Any]) -> str:
    """Return the version in an answer about an object."""
    version = answer.get("VersionId")
    return f"version:{version}" if version and version != "null" else f"etag:{answer['ETag']}"


def s3_version(name: str) -> tuple[bool, str | None]:
    """Return whether the version of ``bucket/key`` can be told now, and the version."""
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import ClientError
    except ImportError:
        return False, None
    endpoint, place = None, name
    if "://" in name:
        scheme, _, rest = name.partition("://")
        host, _, place = rest.partition("/")
        endpoint = f"{scheme}://{host}"
    bucket, _, key = place.partition("/")
    patience = Config(connect_timeout=PATIENCE, read_timeout=PATIENCE, retries={"max_attempts": 1})
    try:
        with watch.covered():
            client = boto3.client("s3", endpoint_url=endpoint, config=patience)
            return True, s3_version_in(client.head_object(Bucket=bucket, Key=key))
    except ClientError as error:
        gone = error.response.get("Error", {}).get("Code") in ("404", "NoSuchKey")
        return gone, None
    except Exception:  # no credentials, no region, no network
        return False, None


WRAPPERS: dict[str, dict[str, Any]] = {
    "urllib.request": {"OpenerDirector.open": _urllib},
    "requests.sessions": {"Session.send": _session},
    "httpx": {"Client.send": _session},
    "botocore.client": {"BaseClient._make_api_call": _boto},
}
