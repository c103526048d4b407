"""What is wrong with a field, in both languages: a code and a sentence for every fault, and never the input itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from kernel.http.json_body import pointer_of

# Codes are pydantic's names where it has one; our own types and the strict parser add theirs. {…} are bounds of ours.
_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("缺少此字段。", "This field is missing."),
    "extra_forbidden": ("不认识的字段。", "This field is not known here."),
    "none_required": ("此字段应为空值。", "This field must be null."),
    "string_type": ("应为文本。", "This must be text."),
    "string_too_short": ("至少需要 {min_length} 个字符。", "At least {min_length} characters are needed."),
    "string_too_long": ("不得超过 {max_length} 个字符。", "At most {max_length} characters are allowed."),
    "string_pattern_mismatch": ("格式不正确。", "This does not have the right form."),
    "int_type": ("应为整数。", "This must be a whole number."),
    "int_from_float": ("应为整数。", "This must be a whole number."),
    "int_parsing": ("应为整数。", "This must be a whole number."),
    "int_parsing_size": ("数字过大。", "This number is too large."),
    "float_type": ("应为数字。", "This must be a number."),
    "float_parsing": ("应为数字。", "This must be a number."),
    "finite_number": ("应为有限的数字。", "This must be a finite number."),
    "bool_type": ("应为 true 或 false。", "This must be true or false."),
    "bool_parsing": ("应为 true 或 false。", "This must be true or false."),
    "greater_than_equal": ("不得小于 {ge}。", "This must be at least {ge}."),
    "greater_than": ("必须大于 {gt}。", "This must be more than {gt}."),
    "less_than_equal": ("不得大于 {le}。", "This must be at most {le}."),
    "less_than": ("必须小于 {lt}。", "This must be less than {lt}."),
    "list_type": ("应为列表。", "This must be a list."),
    "tuple_type": ("应为列表。", "This must be a list."),
    "too_short": ("至少需要 {min_length} 项。", "At least {min_length} items are needed."),
    "too_long": ("不得超过 {max_length} 项。", "At most {max_length} items are allowed."),
    "dict_type": ("应为对象。", "This must be an object."),
    "model_type": ("应为对象。", "This must be an object."),
    "model_attributes_type": ("应为 JSON 对象。", "This must be a JSON object."),
    "literal_error": ("应为以下之一：{expected}。", "This must be one of: {expected}."),
    "enum": ("应为以下之一：{expected}。", "This must be one of: {expected}."),
    "uuid_parsing": ("应为 UUID。", "This must be a UUID."),
    "uuid_type": ("应为 UUID。", "This must be a UUID."),
    "json_too_large": ("请求体过大。", "The body is too large."),
    "json_empty": ("请求体为空，应为 JSON。", "The body is empty; JSON is needed."),
    "json_byte_order_mark": ("JSON 前不得有字节顺序标记。", "JSON must not begin with a byte order mark."),
    "json_encoding": ("请求体应为 UTF-8 编码。", "The body must be UTF-8."),
    "json_syntax": ("请求体不是合法的 JSON。", "The body is not JSON."),
    "json_invalid": ("请求体不是合法的 JSON。", "The body is not JSON."),
    "json_trailing_garbage": ("JSON 之后有多余内容。", "There is something after the JSON."),
    "json_too_deep": ("JSON 嵌套过深。", "The JSON is nested too deeply."),
    "json_duplicate_key": ("同一名称出现两次。", "The same name appears twice."),
    "json_not_finite": ("不接受 NaN 或无穷大。", "NaN and Infinity are not numbers here."),
    "json_number_overflow": ("数字过大。", "This number is too large."),
    "json_number_precision": ("数字的有效位数过多。", "This number has more digits than can be kept."),
    "json_number_too_long": ("数字过长。", "This number is too long."),
    "json_nul": ("文本中不得有空字符。", "Text must not hold NUL."),
    "json_lone_surrogate": ("文本中有不完整的字符。", "Text must not hold half a character."),
}
_OTHERWISE: Final = ("不是合法的值。", "This is not a valid value.")

# Facts of the schema, never of the input.
_BOUNDS: Final = frozenset({"ge", "gt", "le", "lt", "min_length", "max_length", "expected"})


def explain(error: Mapping[str, Any]) -> dict[str, str]:
    """One pydantic error as `pointer`, `code`, `message_zh`, `message_en`.

    The pointer is a JSON pointer into the body; for the rest of the request it reads `query/limit`, `path/lot_id`.
    """
    code = str(error.get("type", "invalid"))
    context: Mapping[str, Any] = error.get("ctx") or {}
    if "zh" in context and "en" in context:
        zh, en = str(context["zh"]), str(context["en"])
    else:
        bounds = {name: value for name, value in context.items() if name in _BOUNDS}
        zh, en = _filled(_SENTENCES.get(code, _OTHERWISE), bounds)
    return {"pointer": _pointer(error.get("loc", ())), "code": code, "message_zh": zh, "message_en": en}


def _filled(sentences: tuple[str, str], bounds: Mapping[str, Any]) -> tuple[str, str]:
    try:
        chinese = {name: str(value).replace(" or ", " 或 ") for name, value in bounds.items()}
        return sentences[0].format_map(chinese), sentences[1].format_map(bounds)
    except KeyError:
        return _OTHERWISE


def _pointer(location: Sequence[str | int]) -> str:
    """Errors of a request begin with where it was wrong; those of a model alone are taken for its body."""
    match tuple(location):
        case ("body", *path):
            return pointer_of(tuple(path))
        case ("query" | "path" | "header" | "cookie" as where, *path):
            return f"{where}{pointer_of(tuple(path))}"
        case path:
            return pointer_of(path)
