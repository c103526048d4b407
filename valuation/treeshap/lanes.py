"""Vectors of LANES float64 for numba, one lane a row: a type it does not have, and the few operations the walk needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

LANES: Final = 16


@dataclass(frozen=True, slots=True)
class _Made:
    """What numba hands over when an operation is made into instructions."""

    context: Any
    builder: Any
    signature: Any


def operations() -> dict[str, Any]:
    """The operations by name, as numba intrinsics. Addresses are whole numbers, counted in bytes."""
    from numba import types

    ir = _ir()
    lanes, mask = _types()
    place, build = types.intp, _Instructions()
    wanted: dict[str, tuple[Any, tuple[Any, ...], Callable[..., Any]]] = {
        "address": (place, (None,), build.address),
        "real": (types.float64, (place,), build.read(ir.DoubleType())),
        "whole": (types.int32, (place,), build.read(ir.IntType(32))),
        "word": (types.uint64, (place,), build.read(ir.IntType(64))),
        "load": (lanes, (place,), build.read(build.vector)),
        "store": (types.void, (place, lanes), build.store),
        "splat": (lanes, (types.float64,), lambda made, one: build.splat(made.builder, one)),
        "fma": (lanes, (lanes,) * 3, lambda made, a, b, c: build.fma(made.builder, a, b, c)),
        "fnma": (lanes, (lanes,) * 3, lambda made, a, b, c: build.fma(made.builder, made.builder.fneg(a), b, c)),
        "add": (lanes, (lanes,) * 2, lambda made, a, b: made.builder.fadd(a, b)),
        "sub": (lanes, (lanes,) * 2, lambda made, a, b: made.builder.fsub(a, b)),
        "mul": (lanes, (lanes,) * 2, lambda made, a, b: made.builder.fmul(a, b)),
        "at_most": (mask, (lanes,) * 2, lambda made, a, b: made.builder.fcmp_ordered("<=", a, b)),
        "equal": (mask, (lanes,) * 2, lambda made, a, b: made.builder.fcmp_ordered("==", a, b)),
        "either": (mask, (mask,) * 2, lambda made, a, b: made.builder.or_(a, b)),
        "among": (mask, (lanes, types.uint64, types.int64), lambda made, *given: build.among(made.builder, *given)),
        "select": (lanes, (mask, lanes, lanes), lambda made, a, b, c: made.builder.select(a, b, c)),
    }
    return {name: _operation(*how) for name, how in wanted.items()}


def _operation(gives: Any, takes: tuple[Any, ...], instructions: Callable[..., Any]) -> Any:
    """An intrinsic; `None` among what it takes stands for any type."""
    from numba.extending import intrinsic

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return instructions(_Made(context, builder, signature), *args)

    def typed(_context: Any, *given: Any) -> Any:
        return gives(*(have if want is None else want for want, have in zip(takes, given, strict=True))), generate

    # numba asks an intrinsic how many operands it has.
    forms = (lambda at, a: typed(at, a), lambda at, a, b: typed(at, a, b), lambda at, a, b, c: typed(at, a, b, c))
    return intrinsic(forms[len(takes) - 1])


def _types() -> tuple[Any, Any]:
    """numba types for LANES float64 and for LANES truth values."""
    from numba import types
    from numba.extending import models, register_model

    ir = _ir()

    def made(name: str, held: Any) -> Any:
        kind = type(name, (types.Type,), {})
        model = type(f"{name}Model", (models.PrimitiveModel,), {})
        register_model(kind)(lambda manager, of: model(manager, of, ir.VectorType(held, LANES)))
        return kind(name=f"{name}{LANES}")

    return made("Lanes", ir.DoubleType()), made("Mask", ir.IntType(1))


class _Instructions:
    """LLVM instructions on vectors of LANES float64."""

    def __init__(self) -> None:
        from numba.core import cgutils

        self.get: Any = cgutils.get_or_insert_function
        self.ir = ir = _ir()
        self.vector = ir.VectorType(ir.DoubleType(), LANES)
        self.codes = ir.VectorType(ir.IntType(64), LANES)
        self.truth = ir.VectorType(ir.IntType(1), LANES)

    def address(self, made: _Made, array: Any) -> Any:
        """Where an array's numbers begin."""
        data = made.context.make_array(made.signature.args[0])(made.context, made.builder, array).data
        return made.builder.ptrtoint(data, self.ir.IntType(64))

    def read(self, kind: Any) -> Callable[..., Any]:
        """A value of one kind at an address; all numbers here are aligned to 8 bytes, or to 4 the shorter ones."""

        def instructions(made: _Made, at: Any) -> Any:
            loaded = made.builder.load(made.builder.inttoptr(at, kind.as_pointer()))
            loaded.align = 4 if kind == self.ir.IntType(32) else 8
            return loaded

        return instructions

    def store(self, made: _Made, at: Any, vector: Any) -> Any:
        made.builder.store(vector, made.builder.inttoptr(at, self.vector.as_pointer())).align = 8
        return made.context.get_dummy_value()

    def splat(self, builder: Any, one: Any) -> Any:
        """The same number in every lane."""
        ir = self.ir
        empty = ir.Constant(ir.VectorType(one.type, LANES), ir.Undefined)
        first = builder.insert_element(empty, one, ir.IntType(32)(0))
        return builder.shuffle_vector(first, empty, ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES))

    def fma(self, builder: Any, a: Any, b: Any, c: Any) -> Any:
        """a·b + c, rounded once on every machine."""
        kind = self.ir.FunctionType(self.vector, [self.vector] * 3)
        return builder.call(self.get(builder.module, kind, f"llvm.fma.v{LANES}f64"), [a, b, c])

    def among(self, builder: Any, vector: Any, bits: Any, first: Any) -> Any:
        """Is the category code in the word of 64 bits that begins at category `first`?"""
        whole = self.ir.IntType(64)
        code = builder.sub(builder.bitcast(vector, self.codes), self.splat(builder, first))
        inside = builder.icmp_unsigned("<", code, self.splat(builder, whole(64)))
        shift = builder.and_(code, self.splat(builder, whole(63)))
        return builder.and_(inside, builder.trunc(builder.lshr(self.splat(builder, bits), shift), self.truth))


def _ir() -> Any:
    """LLVM's types and constants, from the library below numba."""
    from llvmlite import ir  # type: ignore[import-untyped]  # it has no annotations, and nothing else here needs it

    return ir
