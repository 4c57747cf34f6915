import * as env from "./gen/std/env";
import * as fs from "./gen/std/fs";
import * as http from "./gen/std/http";
import * as random from "./gen/std/random";
import * as clock from "./gen/std/clock";
import { Result, Unit } from "./gen/cm";
import { now, subscribeDuration } from "./gen/wasi-clocks/monotonic-clock";
import { RunResult } from "./gen/test-guest/program";

/** Implements `test:guest/program`: what a plugin does all day, with the wrappers that the bindings bring. */
export function run(operation: string, args: Array<string>): RunResult {
  if (operation == "read-file") return text(fs.readText(args[0]));
  if (operation == "write-file") return nothing(fs.writeText(args[0], args[1]));
  if (operation == "append-file") return append(args[0], args[1]);
  if (operation == "list") return list(args[0]);
  if (operation == "stat") return stat(args[0]);
  if (operation == "remove") return nothing(fs.remove(args[0]));
  if (operation == "env") {
    const value = env.get(args[0]);
    return value === null ? RunResult.err("unset") : RunResult.ok(value);
  }
  if (operation == "variables") return variables();
  if (operation == "args") return RunResult.ok(env.args().join(" "));
  if (operation == "wall-clock") return RunResult.ok((clock.now() / 1000).toString());
  if (operation == "sleep") return sleep(<u64>I64.parseInt(args[0]));
  if (operation == "random") return RunResult.ok(random.integer().toString());
  if (operation == "remember") return remember(args[0], I32.parseInt(args[1]));
  if (operation == "print-error") {
    console.log(args[0].trimEnd());
    return RunResult.ok("");
  }
  if (operation == "http-get") return get(args[0]);
  return RunResult.err("no operation " + operation);
}

/** All that it was ever told, by its numbers. */
const remembered = new Map<i32, string>();

function remember(text: string, times: i32): RunResult {
  for (let i = 0; i < times; i++) remembered.set(remembered.size, text.slice(0));
  const all = remembered.values();
  let size = 0;
  for (let i = 0; i < all.length; i++) size += all[i].length;
  return RunResult.ok(remembered.size.toString() + " " + size.toString());
}

function append(path: string, more: string): RunResult {
  const before = fs.readText(path);
  return before.isErr ? text(before) : nothing(fs.writeText(path, before.value + more));
}

function list(path: string): RunResult {
  const entries = fs.list(path);
  if (entries.isErr) return RunResult.err(reason(entries.error));
  const names = entries.value.map<string>((entry) => entry.name).sort();
  return RunResult.ok(names.join(" "));
}

function stat(path: string): RunResult {
  const found = fs.stat(path);
  if (found.isErr) return RunResult.err(reason(found.error));
  return RunResult.ok(found.value.isDirectory ? "directory 0" : "file " + found.value.size.toString());
}

function variables(): RunResult {
  const all = env.all(), keys = all.keys();
  let joined = "";
  for (let i = 0; i < keys.length; i++) joined += keys[i] + "=" + all.get(keys[i]) + "\n";
  return RunResult.ok(joined);
}

/** Milliseconds that went by. */
function sleep(ms: u64): RunResult {
  const start = now(), pause = subscribeDuration(ms * 1000000);
  pause.block();
  pause.drop();
  return RunResult.ok(((now() - start) / 1000000).toString());
}

function get(url: string): RunResult {
  const answer = http.get(url);
  if (answer.isErr) return RunResult.err(reason(answer.error));
  return RunResult.ok(answer.value.status.toString() + " " + answer.value.text());
}

function text(result: Result<string, string>): RunResult {
  return result.isErr ? RunResult.err(reason(result.error)) : RunResult.ok(result.value);
}

function nothing(result: Result<Unit, string>): RunResult {
  return result.isErr ? RunResult.err(reason(result.error)) : RunResult.ok("");
}

/** The wrappers say `path: error`; the error is what the test looks at. */
function reason(error: string): string {
  const said = error.substring(error.lastIndexOf(": ") + 2);
  return said == "no granted directory holds it" ? "no-grant" : said;
}
