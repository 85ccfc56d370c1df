"""Bodies of requests: JSON, read strictly, and no longer than allowed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from flask import Flask, Request, abort, request
from marshmallow import RAISE, Schema
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import RequestEntityTooLarge

DEEPEST = 64


class JsonParser(FlaskParser):
    """Reads requests as webargs does, but refuses what is no JSON as RFC 8259 has it.

    Parameters nobody knows are refused as members are: a filter that is misspelt would
    silently find everything.
    """

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012 - webargs declares it so
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": RAISE,
    }

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ANN401, ARG002 - webargs' own
        data = req.get_data(cache=True)
        if not data:
            return {}
        if not req.is_json:
            abort(415, "the body must be JSON: send Content-Type: application/json")
        return read_json(data)


def read_json(data: bytes) -> Any:  # noqa: ANN401 - any JSON
    """The JSON in *data*; raises BadRequest for anything else, NaN and lone surrogates included."""
    try:
        text = data.decode()
        document = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
        if "\\u" in text:
            json.dumps(document, ensure_ascii=False).encode()
    except RecursionError:
        abort(400, "the body is nested too deeply")
    except UnicodeError:
        abort(400, "the body holds text that is no Unicode")
    except ValueError as error:
        abort(400, f"the body is no JSON: {error}")
    if _depth(document) > DEEPEST:
        abort(400, f"the body is nested more than {DEEPEST} levels deep")
    return document


def limit_bodies(app: Flask, longest: int) -> None:
    """Refuse bodies longer than *longest* bytes.

    A body whose length is not told counts while it is read, so it is read here.
    """

    def read() -> None:
        request.max_content_length = longest + 1
        if len(request.get_data(cache=True)) > longest:
            raise RequestEntityTooLarge

    app.before_request(read)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is too large")
    return number


def _depth(document: object) -> int:
    depth, level = 0, [document]
    while level:
        depth, level = depth + 1, [inner for outer in level for inner in _inside(outer)]
    return depth


def _inside(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value
