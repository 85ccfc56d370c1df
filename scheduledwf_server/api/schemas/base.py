"""What every schema of the wire has in common, and the fields of our own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields

from scheduledwf_core.errors import InvalidValue
from scheduledwf_core.identity import decode_id, encode_id
from scheduledwf_core.instants import iso, parse_instant
from scheduledwf_core.triggers import format_duration, parse_duration


class WireSchema(Schema):
    """Members are camelCase on the wire and snake_case inside; unknown ones are refused."""

    error_messages = {  # noqa: RUF012 - marshmallow declares it so
        "unknown": "is not a member this version knows",
        "type": "must be an object",
    }

    class Meta:
        unknown = RAISE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.data_key = field_obj.data_key or _camel_case(field_name)
        field_obj.error_messages = {
            **field_obj.error_messages,
            "required": "is missing",
            "null": "must not be null",
            **_words_for(field_obj),
        }


class AnswerSchema(WireSchema):
    """What we answer with; a later version may have more members."""

    class Meta:
        unknown = EXCLUDE


class WrittenField(fields.Field[Any]):
    """A value the wire writes as a text, which the core reads."""

    def read(self, value: object) -> object:
        """The value that *value* on the wire stands for; raises InvalidValue."""
        raise NotImplementedError

    def write(self, value: Any) -> str:  # noqa: ANN401 - each kind has its own
        """The text of *value*."""
        raise NotImplementedError

    def _serialize(self, value: object, *_: object, **__: object) -> str | None:
        return None if value is None else self.write(value)

    def _deserialize(self, value: object, *_: object, **__: object) -> object:
        try:
            return self.read(value)
        except InvalidValue as error:
            raise ValidationError(error.reason) from error


class Instant(WrittenField):
    """An instant, ISO 8601 with an offset."""

    def read(self, value: object) -> datetime:
        return parse_instant("", value)

    def write(self, value: datetime) -> str:
        return iso(value)


class LocalTime(Instant):
    """What a clock somewhere shows, with its offset."""

    def write(self, value: datetime) -> str:
        return value.isoformat()


class Duration(WrittenField):
    """A length of time, ISO 8601."""

    def read(self, value: object) -> timedelta:
        return parse_duration("", value)

    def write(self, value: timedelta) -> str:
        return format_duration(value)


class Identity(WrittenField):
    """The id of a node: 13 letters."""

    def read(self, value: object) -> int:
        return decode_id(str(value))

    def write(self, value: int) -> str:
        return encode_id(value)


class Part(fields.Field[Any]):
    """An object that the core reads and checks; the OpenAPI document has its schema as *name*."""

    default_error_messages = {"invalid": "must be an object"}  # noqa: RUF012 - marshmallow's own

    def __init__(self, name: str, **how: Any) -> None:  # noqa: ANN401 - marshmallow's own
        super().__init__(metadata={"oneOf": [{"$ref": f"#/components/schemas/{name}"}]}, **how)

    def _deserialize(self, value: object, *_: object, **__: object) -> Mapping[str, object]:
        if not isinstance(value, Mapping):
            raise self.make_error("invalid")
        return value


class Flag(fields.Boolean):
    """True or false; not 1, not "yes"."""

    def _deserialize(self, value: object, *_: object, **__: object) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Whole(fields.Integer):
    """A JSON number without a fraction; not a text that looks like one."""

    def _deserialize(self, value: object, *_: object, **__: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid", input=value)
        return value


#: How the OpenAPI document calls the fields of our own.
DOCUMENTED: tuple[tuple[type[fields.Field[Any]], str | None, str | None], ...] = (
    (Instant, "string", "date-time"),
    (LocalTime, "string", "date-time"),
    (Duration, "string", "duration"),
    (Identity, "string", None),
    (Part, None, None),
)


#: What fields of marshmallow's say of a value of the wrong type, in our words.
_WORDS: tuple[tuple[type[fields.Field[Any]], str], ...] = (
    (fields.Dict, "must be an object"),
    (fields.Boolean, "must be true or false"),
    (fields.Integer, "must be a whole number"),
    (fields.String, "must be a text"),
    (fields.List, "must be a list"),
)


def _words_for(field: fields.Field[Any]) -> dict[str, str]:
    return next(({"invalid": words} for kind, words in _WORDS if isinstance(field, kind)), {})


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
