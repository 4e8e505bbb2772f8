"""What the measured server serves: a bare hello-world beside the time bank.

Both answer from the same processes, so that the ratio of their speeds says what the
time bank costs above the server itself. Run by gunicorn from the folder whose `app`
is to be measured; imports nothing of the tests.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from app import create_app

hello = Flask("hello")
time_bank = create_app()


@hello.get("/hello")
def say() -> str:
    return "Hello, world!"


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Hand a request to hello-world or to the time bank."""
    served = hello if environ["PATH_INFO"] == "/hello" else time_bank
    return served(environ, start_response)
