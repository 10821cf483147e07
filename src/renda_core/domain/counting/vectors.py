"""The compiled kernel, as LLVM code that llvmlite writes; imported only where compiling pays.

A compiler does not find this by itself: of the plain loop, and of the same loop split by column, Numba makes code that
reaches a twentieth and a third of what memory delivers. Vectors of 64 bytes with carries saved reach four fifths; LLVM
lowers them to whatever the processor has, so the code is the same everywhere.

One *step* takes 16 rows of vectors. A lane of a vector is one word of one paper. Each row is checked, voided papers are
zeroed, and the rest is added into vertical counters: ``sums[n]`` holds the bit of value 2**n of the count of every bit
position. Four levels live in registers; what a step carries out of them goes up in memory as a binary counter does, at
one carry a step on average.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any

from llvmlite import ir

from renda_core.domain.counting.shape import BYTES, INNER, LIMIT, SPARE, STEPS, VOID, Shape

LONG, INDEX = ir.IntType(64), ir.IntType(32)
Value = Any


class Kernel:
    """Writes ``void count(word *papers, int64 steps, int64 *state)`` and ``void sum_up(int64 *state, int64 *sums)``."""

    def __init__(self, shape: Shape) -> None:
        self.s = shape
        self.word = ir.IntType(shape.bits)
        self.vector = ir.VectorType(self.word, shape.lanes)
        self.zero = ir.Constant(self.vector, None)
        checks = [(0, shape.spare), (0, shape.planes == 3 and shape.states < 8)]
        checks += [(1, shape.blank), (2, shape.limited), (3, shape.states == 3)]
        self.clauses = [clause for clause, asked in checks if asked]
        self.wide = shape.bits >= 32  # lanes wide enough to count papers in; the narrow are counted by their flags
        self.module = ir.Module("count")
        mask = ir.IntType(shape.lanes)
        self.popcount = self._intrinsic(self.vector, f"llvm.ctpop.v{shape.lanes}i{shape.bits}")
        self.lanes_set = self._intrinsic(mask, f"llvm.ctpop.i{shape.lanes}")
        kind = ir.FunctionType(ir.VoidType(), [self.word.as_pointer(), LONG, LONG.as_pointer()])
        self.function = ir.Function(self.module, kind, "count")
        self.papers, self.steps, self.state = self.function.args
        self.b: Any = ir.IRBuilder(self.function.append_basic_block("entry"))
        at = self.b.gep(self.state, [LONG(shape.header)])
        self.counters = self.b.bitcast(at, self.vector.as_pointer())

    def text(self) -> str:
        """Write both functions."""
        self._count()
        self._sum_up()
        return str(self.module)

    def _count(self) -> None:
        b, s = self.b, self.s
        blocks = {n: self.function.append_basic_block(n) for n in ("step", "up", "carry", "next", "end", "out")}
        entry = b.block
        before = b.load(self._head(STEPS))
        self.limit = self._splat(LIMIT)
        self.spare = [self._splat(SPARE + w) for w in range(s.words)]
        loaded = [self._load(self._slot(level, 0, c)) for level in range(INNER) for c in range(s.counters)]
        none = self.zero if self.wide else LONG(0)
        b.cbranch(b.icmp_signed(">", self.steps, LONG(0)), blocks["step"], blocks["out"])

        b.position_at_end(blocks["step"])
        step = self._phi(LONG(0), entry)
        sums = [self._phi(v, entry) for v in loaded]
        good = [self._phi(none, entry) for _ in self.clauses]
        self.sums, self.good, self.row = list(sums), list(good), 0
        size = 2**INNER * s.lanes * s.planes * s.words
        at = b.gep(self.papers, [b.mul(step, LONG(size))])
        self.rows = b.bitcast(at, self.vector.as_pointer())
        self._ripple(blocks, b.add(before, step), self._absorb(INNER))

        b.position_at_end(blocks["next"])
        after = b.add(step, LONG(1))
        for phi, value in zip((step, *sums, *good), (after, *self.sums, *self.good), strict=True):
            phi.add_incoming(value, blocks["next"])
        b.cbranch(b.icmp_signed("<", after, self.steps), blocks["step"], blocks["end"])

        b.position_at_end(blocks["end"])
        for i, total in enumerate(self.sums):
            self._store(total, self._slot(i // s.counters, 0, i % s.counters))
        b.store(b.add(before, after), self._head(STEPS))
        self._tell_void(b.mul(self.steps, LONG(s.step)))
        b.branch(blocks["out"])
        b.position_at_end(blocks["out"])
        b.ret_void()

    def _sum_up(self) -> None:
        """Read the counters: for each counter and each bit of 8 bytes, the ones that stood there, in 8 lanes."""
        kind = ir.FunctionType(ir.VoidType(), [LONG.as_pointer(), LONG.as_pointer()])
        function = ir.Function(self.module, kind, "sum_up")
        each, inner, store, out = (function.append_basic_block(n) for n in ("each", "inner", "store", "out"))
        entry = function.insert_basic_block(0, "entry")
        b = self.b = ir.IRBuilder(entry)
        self.state, longs = function.args[0], ir.VectorType(LONG, BYTES // 8)
        self.counters = b.bitcast(b.gep(self.state, [LONG(self.s.header)]), longs.as_pointer())
        sums = b.bitcast(function.args[1], longs.as_pointer())
        waiting = b.shl(b.load(self._head(STEPS)), LONG(INNER))  # a carry waits where the steps so far say so
        b.branch(each)
        b.position_at_end(each)
        at = self._phi(LONG(0), entry)
        counter, bit = b.lshr(at, LONG(6)), self._fill(b.and_(at, LONG(63)), longs)
        b.branch(inner)
        b.position_at_end(inner)
        level, total = self._phi(LONG(0), each), self._phi(ir.Constant(longs, None), each)
        one = self._load(b.gep(self._slot(level, 0, 0), [counter]))
        two = self._load(b.gep(self._slot(level, 1, 0), [counter]))
        waits = self._fill(b.and_(b.lshr(waiting, level), LONG(1)), longs)
        ones = b.and_(b.lshr(one, bit), ir.Constant(longs, [1] * (BYTES // 8)))
        found = b.shl(b.add(ones, b.and_(b.lshr(two, bit), waits)), self._fill(level, longs))
        after, more = b.add(total, found), b.add(level, LONG(1))
        level.add_incoming(more, inner)
        total.add_incoming(after, inner)
        there_are = b.or_(b.lshr(waiting, more), b.zext(b.icmp_unsigned("<", more, LONG(INNER)), LONG))
        b.cbranch(b.icmp_unsigned("!=", there_are, LONG(0)), inner, store)
        b.position_at_end(store)
        self._store(after, b.gep(sums, [at]))
        following = b.add(at, LONG(1))
        at.add_incoming(following, store)
        b.cbranch(b.icmp_unsigned("<", following, LONG(self.s.counters * 64)), each, out)
        b.position_at_end(out)
        b.ret_void()

    # -- counting

    def _absorb(self, level: int) -> list[Value]:
        """Take 2**level rows into the counters; give their carry, a vector a counter."""
        if level == 0:
            return self._checked(self._next_row())
        one, two = self._absorb(level - 1), self._absorb(level - 1)
        up = []
        for c in range(self.s.counters):
            i = (level - 1) * self.s.counters + c
            self.sums[i], carry = self._add(self.sums[i], one[c], two[c])
            up.append(carry)
        return up

    def _ripple(self, blocks: dict[str, Any], count: Value, carry: list[Value]) -> None:
        """Bring a step's carry up: past every level where one waits already, as the steps so far say by their bits."""
        b, source = self.b, self.b.block
        b.branch(blocks["up"])
        b.position_at_end(blocks["up"])
        bits, level = self._phi(count, source), self._phi(LONG(INNER), source)
        row = [self._phi(c, source) for c in carry]
        b.cbranch(b.trunc(bits, ir.IntType(1)), blocks["carry"], blocks["next"])
        b.position_at_end(blocks["carry"])
        for c in range(self.s.counters):
            at = self._slot(level, 0, c)
            total, up = self._add(self._load(at), self._load(self._slot(level, 1, c)), row[c])
            self._store(total, at)
            row[c].add_incoming(up, blocks["carry"])
        bits.add_incoming(b.lshr(bits, LONG(1)), blocks["carry"])
        level.add_incoming(b.add(level, LONG(1)), blocks["carry"])
        b.branch(blocks["up"])
        b.position_at_end(blocks["next"])
        for c in range(self.s.counters):
            self._store(row[c], self._slot(level, 1, c))

    def _add(self, total: Value, one: Value, two: Value) -> tuple[Value, Value]:
        """Add three bits in every position; give sum and carry."""
        b = self.b
        half = b.xor(one, two)
        carry = b.xor(one, b.and_(b.xor(total, one), half))  # where one and two differ, total decides; LLVM: one blend
        return b.xor(total, half), carry

    # -- one row of papers

    def _next_row(self) -> list[list[Value]]:
        """Load a row; give for each plane the vectors of its words, a paper a lane."""
        s, width = self.s, self.s.planes * self.s.words
        raw = [self._load(self.b.gep(self.rows, [LONG(self.row * width + i)])) for i in range(width)]
        self.row += 1
        if width > 1:
            while len(raw) & (len(raw) - 1):
                raw.append(self.zero)
            lanes = s.lanes
            while len(raw) > 1:  # one long vector, of which LLVM picks what it needs
                lanes *= 2
                raw = [self._pick(one, two, range(lanes)) for one, two in zip(raw[::2], raw[1::2], strict=True)]
            raw = [self._pick(raw[0], raw[0], range(i, s.lanes * width, width)) for i in range(width)]
        return [raw[p * s.words : (p + 1) * s.words] for p in range(s.planes)]

    def _checked(self, planes: list[list[Value]]) -> list[Value]:
        """Zero void papers, and count those that are good so far after each check; give the vectors to be counted."""
        b, good = self.b, None
        for i, passed in enumerate(self._checks(planes)):
            good = passed if good is None else b.and_(good, passed)
            if self.wide:
                one = ir.Constant(self.vector, [1] * self.s.lanes)
                self.good[i] = b.select(good, b.add(self.good[i], one), self.good[i])
            else:
                lanes = b.call(self.lanes_set, [b.bitcast(good, ir.IntType(self.s.lanes))])
                self.good[i] = b.add(self.good[i], lanes if self.s.lanes == 64 else b.zext(lanes, LONG))
        counted = [vector for product in self._products(planes) for vector in product]
        return counted if good is None else [b.select(good, v, self.zero) for v in counted]

    def _tell_void(self, papers: Value) -> None:
        """Write at the head how many papers each check found void: those that were good before it less those after."""
        b = self.b
        for clause, good in zip(self.clauses, self.good, strict=True):
            after = good
            if self.wide:
                lanes = [b.extract_element(good, INDEX(lane)) for lane in range(self.s.lanes)]
                after = reduce(b.add, lanes if self.s.bits == 64 else [b.zext(lane, LONG) for lane in lanes])
            at = self._head(VOID + clause)
            b.store(b.add(b.load(at), b.sub(papers, after)), at)
            papers = after

    def _checks(self, planes: list[list[Value]]) -> list[Value]:
        """Tell which papers pass each check, as ``clauses`` lists them."""
        b, s = self.b, self.s
        marked = reduce(self._either, planes)
        found = []
        if s.spare:
            found.append(self._dark(self._both(marked, self.spare)))
        if s.planes == 3 and s.states < 8:
            one, two, four = planes
            low = {5: self._either(one, two), 6: two, 7: self._both(one, two)}[s.states]
            found.append(self._dark(self._both(four, low)))
        if s.blank:
            found.append(b.icmp_unsigned("!=", reduce(b.or_, marked), self.zero))
        if s.limited:
            many = [v for plane in planes for v in plane] if s.states == 3 else marked
            ones = reduce(b.add, [b.call(self.popcount, [v]) for v in many])
            found.append(b.icmp_unsigned("<=", ones, self.limit))
        if s.states == 3:
            found.append(self._dark(self._both(*planes)))
        return found

    def _products(self, planes: list[list[Value]]) -> list[list[Value]]:
        """Give what is counted, in the order of ``checks.products``."""
        if self.s.codes < 3:
            return planes
        one, two, *rest = planes
        both = self._both(one, two)
        if not rest:
            return [one, two, both]
        four = rest[0]
        return [one, two, four, both, self._both(one, four), self._both(two, four), self._both(both, four)]

    # -- shorthand

    def _either(self, one: list[Value], two: list[Value]) -> list[Value]:
        return [self.b.or_(x, y) for x, y in zip(one, two, strict=True)]

    def _both(self, one: list[Value], two: list[Value]) -> list[Value]:
        return [self.b.and_(x, y) for x, y in zip(one, two, strict=True)]

    def _dark(self, words: list[Value]) -> Value:
        """Tell for each lane whether no bit is set."""
        return self.b.icmp_unsigned("==", reduce(self.b.or_, words), self.zero)

    def _intrinsic(self, kind: Value, name: str) -> Value:
        return ir.Function(self.module, ir.FunctionType(kind, [kind]), name)

    def _head(self, index: int) -> Value:
        return self.b.gep(self.state, [LONG(index)])

    def _splat(self, index: int) -> Value:
        """Fill a vector with one value of the header."""
        value = self.b.load(self._head(index))
        return self._fill(value if self.s.bits == 64 else self.b.trunc(value, self.word), self.vector)

    def _fill(self, value: Value, kind: Value) -> Value:
        """Put one value into every lane."""
        one = self.b.insert_element(ir.Constant(kind, ir.Undefined), value, INDEX(0))
        return self._pick(one, one, [0] * kind.count)

    def _pick(self, one: Value, two: Value, lanes: Iterable[int]) -> Value:
        chosen = list(lanes)
        return self.b.shuffle_vector(one, two, ir.Constant(ir.VectorType(INDEX, len(chosen)), chosen))

    def _slot(self, level: Value | int, kind: int, counter: int) -> Value:
        """Give where a level of a counter lies: kind 0 its sum, 1 the carry that waits there."""
        c = self.s.counters
        row = LONG(level * 2 * c) if isinstance(level, int) else self.b.mul(level, LONG(2 * c))
        return self.b.gep(self.counters, [self.b.add(row, LONG(kind * c + counter))])

    def _load(self, at: Value) -> Value:
        loaded = self.b.load(at)
        loaded.align = 1  # a chunk begins where it begins
        return loaded

    def _store(self, value: Value, at: Value) -> None:
        self.b.store(value, at).align = 8

    def _phi(self, value: Value, source: Value) -> Value:
        phi = self.b.phi(value.type)
        phi.add_incoming(value, source)
        return phi
