// Canonical ABI runtime for AssemblyScript guests, copied beside the generated bindings.
// 1. What the host allocates (cabi_realloc) is a raw heap block: allocating it never collects and the collector never
//    traces it, so nothing needs pinning while values cross the boundary.
// 2. What the guest hands out stays alive through one root until post-return; strings and numeric lists go by pointer.

/** A Unicode scalar value. */
export type char = u32;
/** The value of `result<_, E>` and `result<T>` where there is none. */
export type Unit = u8;
// @ts-ignore: decorator
@inline export const unit: Unit = 0;

/** A WIT `result`. Failure is a value: AssemblyScript cannot catch, and a `throw` ends the plugin. */
export class Result<T, E> {
  protected constructor(readonly isOk: bool, protected okValue: T, protected errValue: E) {}
  static ok<T, E>(value: T): Result<T, E> { return new Result<T, E>(true, value, zero<E>()); }
  static err<T, E>(error: E): Result<T, E> { return new Result<T, E>(false, zero<T>(), error); }
  get isErr(): bool { return !this.isOk; }
  /** The value; traps on an error. */
  get value(): T { assert(this.isOk, "Result.value of an error"); return this.okValue; }
  /** The error; traps on a value. */
  get error(): E { assert(!this.isOk, "Result.error of a value"); return this.errValue; }
  valueOr(other: T): T { return this.isOk ? this.okValue : other; }
}

/** A WIT `option` of a number or of another option. Options of objects are `T | null`. */
export class Option<T> {
  private constructor(readonly isSome: bool, private inner: T) {}
  static some<T>(value: T): Option<T> { return new Option<T>(true, value); }
  static none<T>(): Option<T> { return new Option<T>(false, zero<T>()); }
  get isNone(): bool { return !this.isSome; }
  /** The value; traps on none. */
  get value(): T { assert(this.isSome, "Option.value of none"); return this.inner; }
  valueOr(other: T): T { return this.isSome ? this.inner : other; }
}

/** Base of generated variants: which case, and its payload (numbers are boxed). */
export class Variant {
  protected constructor(protected index: i32, protected payload: Object | null) {}
}

/** Payload of a variant case that is a number. */
export class Box<T> { constructor(public value: T) {} }

// @ts-ignore: decorator
@inline export function box<T>(value: T): Object | null {
  if (isReference<T>()) return changetype<Object | null>(value);
  return changetype<Object | null>(new Box<T>(value));
}
// @ts-ignore: decorator
@inline export function unbox<T>(payload: Object | null): T {
  if (isReference<T>()) return changetype<T>(payload);
  return changetype<Box<T>>(payload).value;
}

export class Tuple1<A> { constructor(public _0: A) {} }
export class Tuple2<A, B> { constructor(public _0: A, public _1: B) {} }
export class Tuple3<A, B, C> { constructor(public _0: A, public _1: B, public _2: C) {} }
export class Tuple4<A, B, C, D> { constructor(public _0: A, public _1: B, public _2: C, public _3: D) {} }
export class Tuple5<A, B, C, D, E> { constructor(public _0: A, public _1: B, public _2: C, public _3: D, public _4: E) {} }
export class Tuple6<A, B, C, D, E, F> { constructor(public _0: A, public _1: B, public _2: C, public _3: D, public _4: E, public _5: F) {} }
export class Tuple7<A, B, C, D, E, F, G> { constructor(public _0: A, public _1: B, public _2: C, public _3: D, public _4: E, public _5: F, public _6: G) {} }
export class Tuple8<A, B, C, D, E, F, G, H> { constructor(public _0: A, public _1: B, public _2: C, public _3: D, public _4: E, public _5: F, public _6: G, public _7: H) {} }
export class Tuple9<A, B, C, D, E, F, G, H, I> { constructor(public _0: A, public _1: B, public _2: C, public _3: D, public _4: E, public _5: F, public _6: G, public _7: H, public _8: I) {} }
export class Tuple10<A, B, C, D, E, F, G, H, I, J> { constructor(public _0: A, public _1: B, public _2: C, public _3: D, public _4: E, public _5: F, public _6: G, public _7: H, public _8: I, public _9: J) {} }
export class Tuple11<A, B, C, D, E, F, G, H, I, J, K> { constructor(public _0: A, public _1: B, public _2: C, public _3: D, public _4: E, public _5: F, public _6: G, public _7: H, public _8: I, public _9: J, public _10: K) {} }
export class Tuple12<A, B, C, D, E, F, G, H, I, J, K, L> { constructor(public _0: A, public _1: B, public _2: C, public _3: D, public _4: E, public _5: F, public _6: G, public _7: H, public _8: I, public _9: J, public _10: K, public _11: L) {} }
export class Tuple13<A, B, C, D, E, F, G, H, I, J, K, L, M> { constructor(public _0: A, public _1: B, public _2: C, public _3: D, public _4: E, public _5: F, public _6: G, public _7: H, public _8: I, public _9: J, public _10: K, public _11: L, public _12: M) {} }
export class Tuple14<A, B, C, D, E, F, G, H, I, J, K, L, M, N> { constructor(public _0: A, public _1: B, public _2: C, public _3: D, public _4: E, public _5: F, public _6: G, public _7: H, public _8: I, public _9: J, public _10: K, public _11: L, public _12: M, public _13: N) {} }
export class Tuple15<A, B, C, D, E, F, G, H, I, J, K, L, M, N, O> { constructor(public _0: A, public _1: B, public _2: C, public _3: D, public _4: E, public _5: F, public _6: G, public _7: H, public _8: I, public _9: J, public _10: K, public _11: L, public _12: M, public _13: N, public _14: O) {} }
export class Tuple16<A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P> { constructor(public _0: A, public _1: B, public _2: C, public _3: D, public _4: E, public _5: F, public _6: G, public _7: H, public _8: I, public _9: J, public _10: K, public _11: L, public _12: M, public _13: N, public _14: O, public _15: P) {} }

// @ts-ignore: decorator
@inline export function zero<T>(): T {
  if (isReference<T>()) return changetype<T>(0);
  // @ts-ignore: a number
  return <T>0;
}

// --- memory ---

export function cabi_realloc(ptr: usize, oldSize: usize, align: usize, newSize: usize): usize {
  if (newSize == 0) return align;
  return ptr == 0 || oldSize == 0 ? heap.alloc(newSize) : heap.realloc(ptr, newSize);
}
// @ts-ignore: decorator
@inline export function free(ptr: usize, size: usize): void { if (size) heap.free(ptr); }

export function takeString(ptr: usize, units: usize): string {
  const text = String.UTF16.decodeUnsafe(ptr, units << 1);
  free(ptr, units << 1);
  return text;
}

/** A list of numbers as a typed array: one copy. */
export function takeTyped<T extends ArrayBufferView>(ptr: usize, length: i32, size: usize): T {
  const array = instantiate<T>(length);
  memory.copy(array.dataStart, ptr, size);
  free(ptr, size);
  return array;
}

// @ts-ignore: decorator
@lazy let kept: Object | null = null;
// @ts-ignore: decorator
@lazy let blocks: usize = 0;

/** Keeps the result of an export alive until post-return. */
// @ts-ignore: decorator
@inline export function keep<T>(value: T): void { if (isReference<T>()) kept = changetype<Object | null>(value); }

/** A temporary block, on a list until it is released. */
export function block(size: usize): usize {
  if (!size) return 8;
  const base = heap.alloc(size + 16);
  store<usize>(base, blocks);
  blocks = base;
  return base + 16;
}
// @ts-ignore: decorator
@inline export function mark(): usize { return blocks; }
export function releaseTo(mark: usize): void {
  while (blocks != mark) {
    const next = load<usize>(blocks);
    heap.free(blocks);
    blocks = next;
  }
}
/** Every `cabi_post_*` export: what the result needed is no longer needed. */
export function postReturn(_result: usize): void {
  kept = null;
  releaseTo(0);
}

// @ts-ignore: decorator
@lazy let calls: u32 = 0;
/** Start of every export. The minimal runtime never collects by itself; here no managed frame is live, so it is safe. */
// @ts-ignore: decorator
@inline export function enter(): void {
  if (ASC_RUNTIME == 1) { if ((++calls & 63) == 0) __collect(); }
}

// --- strings ---

/** Pointer to well-formed UTF-16: the string itself, or a temporary copy with U+FFFD for every lone surrogate. */
export function stringPointer(text: string): usize {
  const at = changetype<usize>(text), length = text.length;
  for (let i = 0; i < length;) {
    const unit = at + (<usize>i << 1);
    if (i + 4 <= length && !hasHalves(load<u64>(unit))) i += 4;
    else if ((load<u16>(unit) & 0xF800) != 0xD800) i++;
    else if (isPair(at, i, length)) i += 2;
    else return repaired(at, length);
  }
  return at;
}
/** Whether any of four units is half of a surrogate pair. */
@inline function hasHalves(units: u64): bool {
  const others = (units & 0xF800F800F800F800) ^ 0xD800D800D800D800;
  return ((others - 0x0001000100010001) & ~others & 0x8000800080008000) != 0;
}
export function storeString(at: usize, text: string): void {
  store<usize>(at, stringPointer(text));
  store<i32>(at, text.length, 4);
}
function isPair(at: usize, i: i32, length: i32): bool {
  const unit = at + (<usize>i << 1);
  return i + 1 < length && (load<u16>(unit) & 0xFC00) == 0xD800 && (load<u16>(unit, 2) & 0xFC00) == 0xDC00;
}
function repaired(at: usize, length: i32): usize {
  const copy = block(<usize>length << 1);
  for (let i = 0; i < length; i++) {
    const offset = <usize>i << 1;
    let unit = load<u16>(at + offset);
    if ((unit & 0xF800) == 0xD800) {
      if (isPair(at, i, length)) { store<u32>(copy + offset, load<u32>(at + offset)); i++; continue; }
      unit = 0xFFFD;
    }
    store<u16>(copy + offset, unit);
  }
  return copy;
}

// --- handles ---

/** A resource of the host. It lives until `drop()`, or until it is passed on as an owned handle. */
export class Handle {
  private __h: i32 = 0;
  /** The canonical handle; traps when the resource was dropped or passed on. */
  get __handle(): i32 {
    assert(this.__h != 0, "this resource was already dropped or passed on");
    return this.__h;
  }
  __take(): i32 { const handle = this.__handle; this.__h = 0; return handle; }
  __set(handle: i32): void { this.__h = handle; }
  get __isLive(): bool { return this.__h != 0; }
  /** Gives the resource back to the host. Dropping twice does nothing. */
  drop(): void {}
}

/** An object for a handle that came from the host, without running the class's constructor. */
export function adopt<T extends Handle>(handle: i32): T {
  const object = changetype<T>(__new(offsetof<T>(), idof<T>()));
  object.__set(handle);
  return object;
}

// @ts-ignore: decorator
@lazy let borrowed: Array<Handle> = [];
/** A handle lent for the time of one call. */
export function borrow<T extends Handle>(handle: i32): T {
  const object = adopt<T>(handle);
  borrowed.push(object);
  return object;
}
/** Gives back what was lent for the call that ends. */
export function endBorrows(): void {
  while (borrowed.length) borrowed.pop().drop();
}

// Exported resources: rep -> object. A table, because one object may back several handles.
// @ts-ignore: decorator
@lazy let objects: Array<Object | null> = [];
// @ts-ignore: decorator
@lazy let freeReps: Array<i32> = [];
export function repOf<T>(object: T): i32 {
  const value = changetype<Object>(object);
  if (freeReps.length) { const index = freeReps.pop(); objects[index] = value; return index + 1; }
  return objects.push(value);
}
export function objectOf<T>(rep: i32): T { return changetype<T>(objects[rep - 1]!); }
export function dropRep(rep: i32): void { objects[rep - 1] = null; freeReps.push(rep - 1); }
