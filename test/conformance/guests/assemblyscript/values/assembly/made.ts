import * as cm from "./gen/cm";
import { Scalars, ThirtyTwo, Color, Shape } from "./gen/conformance-kit/types";
import { DivideResult } from "./gen/conformance-kit/made";

export function invert(v: Scalars): Scalars {
  v.truth = !v.truth;
  v.tiny = ~v.tiny;
  v.byte = ~v.byte;
  v.short = ~v.short;
  v.word = ~v.word;
  v.signed = ~v.signed;
  v.unsigned = ~v.unsigned;
  v.long = ~v.long;
  v.bits = ~v.bits;
  v.single = -v.single;
  v.double = -v.double;
  const next = v.letter + 1;
  v.letter = (next >= 0xd800 && next < 0xe000) || next > 0x10ffff ? 0 : next;
  return v;
}

export function complement(v: ThirtyTwo): ThirtyTwo {
  return ~v;
}

export function nextColor(v: Color): Color {
  if (v == Color.Red) return Color.Green;
  return v == Color.Green ? Color.DeepBlue : Color.Red;
}

export function area(v: Shape): cm.Option<f64> {
  if (v.isCircle) return cm.Option.some<f64>(3 * v.asCircle * v.asCircle);
  if (v.isCount) return cm.Option.some<f64>(v.asCount);
  if (!v.isSides) return cm.Option.none<f64>();
  let sum: f64 = 0;
  const sides = v.asSides;
  for (let i = 0; i < sides.length; i++) sum += sides[i];
  return cm.Option.some<f64>(sum);
}

export function nameOf(v: Shape): string {
  if (v.isEmpty) return "empty";
  if (v.isCircle) return "circle";
  if (v.isLabel) return "label";
  if (v.isSides) return "sides";
  return v.isPerson ? "person" : "count";
}

export function divide(a: i32, b: i32): DivideResult {
  if (b == 0) return DivideResult.err(a.toString() + " by zero");
  return DivideResult.ok(a == i32.MIN_VALUE && b == -1 ? a : a / b);
}

export function reverse(v: Array<string>): Array<string> {
  return v.reverse();
}

export function measure(v: string): cm.Tuple2<u32, u32> {
  let scalars = 0;
  for (let i = 0; i < v.length; scalars++) i += v.codePointAt(i) > 0xffff ? 2 : 1;
  return new cm.Tuple2<u32, u32>(scalars, String.UTF8.byteLength(v));
}

export function join(v: Array<string>, separator: cm.char): string {
  return v.join(String.fromCodePoint(separator));
}

export function wrap(n: u32): cm.Option<cm.Option<u32>> {
  if (n == 0) return cm.Option.none<cm.Option<u32>>();
  return cm.Option.some<cm.Option<u32>>(n == 1 ? cm.Option.none<u32>() : cm.Option.some<u32>(n));
}

export function sum(v: Int64Array): i64 {
  let sum: i64 = 0;
  for (let i = 0; i < v.length; i++) sum += v[i];
  return sum;
}

export function specialFloats(): Float64Array {
  const floats = new Float64Array(6);
  floats[0] = NaN;
  floats[1] = Infinity;
  floats[2] = -Infinity;
  floats[3] = -0.0;
  floats[4] = f64.MIN_VALUE;
  floats[5] = f64.MAX_VALUE;
  return floats;
}

export function fill(length: u32, byte: u8): Uint8Array {
  return new Uint8Array(length).fill(byte);
}
