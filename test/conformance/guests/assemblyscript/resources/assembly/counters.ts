import * as cm from "./gen/cm";
import { Pair } from "./gen/conformance-kit/counters";

let existing: u32 = 0;

export class Counter {
  current: i32;

  constructor(start: i32) {
    this.current = start;
    existing++;
  }

  add(by: i32): i32 {
    return (this.current += by);
  }

  value(): i32 {
    return this.current;
  }

  copy(): Counter {
    return new Counter(this.current);
  }

  static parse(text: string): cm.Result<Counter, string> {
    const value = <i32>parseInt(text);
    if (value.toString() != text) return cm.Result.err<Counter, string>("not a number: " + text);
    return cm.Result.ok<Counter, string>(new Counter(value));
  }

  static merge(a: Counter, b: Counter): Counter {
    return new Counter(a.current + b.current);
  }

  onDrop(): void {
    existing--;
  }
}

export function total(all: Array<Counter>): i32 {
  let sum = 0;
  for (let i = 0; i < all.length; i++) sum += all[i].current;
  return sum;
}

export function split(c: Counter): Pair {
  const half = c.current / 2;
  const rest = c.current - half;
  return new Pair(new Counter(half), rest == half ? null : new Counter(rest));
}

export function alive(): u32 {
  return existing;
}
