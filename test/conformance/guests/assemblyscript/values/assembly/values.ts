// What came from the host goes to the host.
import * as cm from "./gen/cm";
import * as host from "./gen/conformance-kit/values";
import { Scalars, Nested, Person, Shape, Color, Single, Eight, Nine, Seventeen, ThirtyTwo, Keywords } from "./gen/conformance-kit/types";
import { PassResultResult, PassResultOkResult, PassResultErrResult, PassResultBareResult } from "./gen/exports/conformance-kit/values";

export function nothing(): void {
  host.nothing();
}

export function passBool(v: bool): bool {
  return host.passBool(v);
}

export function passS8(v: i8): i8 {
  return host.passS8(v);
}

export function passU8(v: u8): u8 {
  return host.passU8(v);
}

export function passS16(v: i16): i16 {
  return host.passS16(v);
}

export function passU16(v: u16): u16 {
  return host.passU16(v);
}

export function passS32(v: i32): i32 {
  return host.passS32(v);
}

export function passU32(v: u32): u32 {
  return host.passU32(v);
}

export function passS64(v: i64): i64 {
  return host.passS64(v);
}

export function passU64(v: u64): u64 {
  return host.passU64(v);
}

export function passF32(v: f32): f32 {
  return host.passF32(v);
}

export function passF64(v: f64): f64 {
  return host.passF64(v);
}

export function passChar(v: cm.char): cm.char {
  return host.passChar(v);
}

export function passString(v: string): string {
  return host.passString(v);
}

export function passBytes(v: Uint8Array): Uint8Array {
  return host.passBytes(v);
}

export function passShorts(v: Int16Array): Int16Array {
  return host.passShorts(v);
}

export function passFloats(v: Float32Array): Float32Array {
  return host.passFloats(v);
}

export function passLongs(v: Uint64Array): Uint64Array {
  return host.passLongs(v);
}

export function passTruths(v: Array<bool>): Array<bool> {
  return host.passTruths(v);
}

export function passLetters(v: Array<cm.char>): Array<cm.char> {
  return host.passLetters(v);
}

export function passStrings(v: Array<string>): Array<string> {
  return host.passStrings(v);
}

export function passLists(v: Array<Array<string>>): Array<Array<string>> {
  return host.passLists(v);
}

export function passScalars(v: Scalars): Scalars {
  return host.passScalars(v);
}

export function passNested(v: Nested): Nested {
  return host.passNested(v);
}

export function passPeople(v: Array<Person>): Array<Person> {
  return host.passPeople(v);
}

export function passTuple(v: cm.Tuple5<u8, string, f32, i64, bool>): cm.Tuple5<u8, string, f32, i64, bool> {
  return host.passTuple(v);
}

export function passShape(v: Shape): Shape {
  return host.passShape(v);
}

export function passShapes(v: Array<Shape>): Array<Shape> {
  return host.passShapes(v);
}

export function passColor(v: Color): Color {
  return host.passColor(v);
}

export function passSingle(v: Single): Single {
  return host.passSingle(v);
}

export function passEight(v: Eight): Eight {
  return host.passEight(v);
}

export function passNine(v: Nine): Nine {
  return host.passNine(v);
}

export function passSeventeen(v: Seventeen): Seventeen {
  return host.passSeventeen(v);
}

export function passThirtyTwo(v: ThirtyTwo): ThirtyTwo {
  return host.passThirtyTwo(v);
}

export function passKeywords(v: Keywords): Keywords {
  return host.passKeywords(v);
}

export function passOption(v: cm.Option<u32>): cm.Option<u32> {
  return host.passOption(v);
}

export function passOptionString(v: string | null): string | null {
  return host.passOptionString(v);
}

export function passOptionOption(v: cm.Option<cm.Option<bool>>): cm.Option<cm.Option<bool>> {
  return host.passOptionOption(v);
}

export function passResult(v: cm.Result<string, u32>): PassResultResult {
  const answer = host.passResult(v);
  return answer.isOk ? PassResultResult.ok(answer.value) : PassResultResult.err(answer.error);
}

export function passResultOk(v: cm.Result<u8, cm.Unit>): PassResultOkResult {
  const answer = host.passResultOk(v);
  return answer.isOk ? PassResultOkResult.ok(answer.value) : PassResultOkResult.err();
}

export function passResultErr(v: cm.Result<cm.Unit, string>): PassResultErrResult {
  const answer = host.passResultErr(v);
  return answer.isOk ? PassResultErrResult.ok() : PassResultErrResult.err(answer.error);
}

export function passResultBare(v: cm.Result<cm.Unit, cm.Unit>): PassResultBareResult {
  return host.passResultBare(v).isOk ? PassResultBareResult.ok() : PassResultBareResult.err();
}

export function passResults(v: Array<cm.Result<string | null, Color>>): Array<cm.Result<string | null, Color>> {
  return host.passResults(v);
}

/** More parameters than fit into the arguments of a core function, and a result in memory. */
export function passMany(a: string, b: u64, c: f32, d: Uint8Array, e: cm.Option<i16>, f: Shape, g: bool, h: cm.char, i: Color): cm.Tuple9<string, u64, f32, Uint8Array, cm.Option<i16>, Shape, bool, cm.char, Color> {
  return host.passMany(a, b, c, d, e, f, g, h, i);
}
