import { log, RunResult } from "./gen/world";
import { Color } from "./gen/conformance-kit/types";

export function run(words: Array<string>): RunResult {
  for (let i = 0; i < words.length; i++) {
    if (words[i].length == 0) return RunResult.err("an empty word");
    log(words[i]);
  }
  return RunResult.ok(words.length);
}

export function paint(c: Color): Color {
  return c;
}

export function fail(): void {
  throw new Error("as asked");
}
