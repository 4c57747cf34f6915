"""Values between the JSON of the call scripts and wasmtime's Python objects, by their type."""

import math

from wasmtime import component as wc
from wasmtime.component import _types

# By default the cases of a variant are told apart by the class of the payload where that seems possible, which takes a
# bool for an s32. Every variant, option and result has its tag instead.
_types.VariantLikeType._tagged = lambda self: True


class Handles:
    """Resources of the plugin by the names that answers give them: `#1`, `#2`, in the order of their appearance."""

    def __init__(self):
        self.by_name = {}
        self.count = 0

    def add(self, resource):
        self.count += 1
        name = f"#{self.count}"
        self.by_name[name] = resource
        return name

    def take(self, name):
        return self.by_name.pop(name)

    def borrow(self, name):
        return self.by_name[name]


def to_json(store, ty, value, handles, host):
    def inner(part, item):
        return to_json(store, part, item, handles, host)

    match ty:
        case wc.S64() | wc.U64():
            return str(value)
        case wc.F32() | wc.F64():
            return float_to_json(value)
        case wc.ListType():
            return [inner(ty.element, item) for item in value]
        case wc.TupleType():
            return [inner(part, item) for part, item in zip(ty.elements, value)]
        case wc.RecordType():
            return {name: inner(part, getattr(value, name)) for name, part in ty.fields}
        case wc.FlagsType():
            return [name for name in ty.names if name in value]
        case wc.VariantType():
            part = dict(ty.cases)[value.tag]
            return {value.tag: None if part is None else inner(part, value.payload)}
        case wc.OptionType():
            return None if value.tag == "none" else {"some": inner(ty.payload, value.payload)}
        case wc.ResultType():
            part = ty.ok if value.tag == "ok" else ty.err
            return {value.tag: None if part is None else inner(part, value.payload)}
        case wc.OwnType() | wc.BorrowType():
            if ty.ty == host.entry_type:
                return {"entry": host.title(value.to_host(store), isinstance(ty, wc.OwnType))}
            return handles.add(value)
        case _:
            return value


def from_json(ty, value, handles, host):
    def inner(part, item):
        return from_json(part, item, handles, host)

    def tagged(tag, part, item):
        return wc.Variant(tag, None if part is None else inner(part, item))

    match ty:
        case wc.S64() | wc.U64():
            return int(value)
        case wc.F32() | wc.F64():
            return float(value)
        case wc.ListType():
            items = [inner(ty.element, item) for item in value]
            return bytes(items) if isinstance(ty.element, wc.U8) else items
        case wc.TupleType():
            return tuple(inner(part, item) for part, item in zip(ty.elements, value, strict=True))
        case wc.RecordType():
            record = wc.Record()
            for name, part in ty.fields:
                setattr(record, name, inner(part, value[name]))
            return record
        case wc.FlagsType():
            return set(value)
        case wc.VariantType():
            [(tag, item)] = value.items()
            return tagged(tag, dict(ty.cases)[tag], item)
        case wc.OptionType():
            return wc.Variant("none") if value is None else tagged("some", ty.payload, value["some"])
        case wc.ResultType():
            [(tag, item)] = value.items()
            return tagged(tag, ty.ok if tag == "ok" else ty.err, item)
        case wc.OwnType() | wc.BorrowType():
            if isinstance(value, dict):
                return host.lend(value["entry"], isinstance(ty, wc.OwnType))
            return handles.take(value) if isinstance(ty, wc.OwnType) else handles.borrow(value)
        case _:
            return value


def float_to_json(value):
    """JSON has no NaN, no infinity, and its readers differ about -0."""
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return "-0" if value == 0 and math.copysign(1, value) < 0 else value
