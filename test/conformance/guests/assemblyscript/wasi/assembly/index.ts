import * as env from "./gen/std/env";
import * as fs from "./gen/std/fs";
import { getStdout } from "./gen/wasi-cli/stdout";
import { OutputStream } from "./gen/wasi-io/streams";

const stdout: OutputStream = getStdout();

export function report(): void {
  print("args: " + env.args().join(" "));
  print("GREETING: " + variable("GREETING"));
  print("HOME: " + variable("HOME"));
  print("read: " + read("/data/hello.txt"));
  print("missing: " + read("/data/missing.txt"));
  print("outside: " + read("/data/../secret.txt"));
  const entries = fs.list("/data");
  const names = entries.isOk ? entries.value.map<string>((entry) => entry.name).sort() : new Array<string>();
  print("list: " + names.join(" "));
  print("write: " + write("/out/made.txt"));
  print("write where it may read: " + write("/data/made.txt"));
  print("read back: " + read("/out/made.txt"));
  print("remove: " + (fs.remove("/out/made.txt").isOk ? "ok" : "refused"));
  console.error("done");
}

/** `console` writes to stderr. */
function print(line: string): void {
  stdout.blockingWriteAndFlush(Uint8Array.wrap(String.UTF8.encode(line + "\n")));
}

function variable(name: string): string {
  const value = env.get(name);
  return value === null ? "none" : value;
}

function read(path: string): string {
  const text = fs.readText(path);
  return text.isOk ? text.value : "refused";
}

function write(path: string): string {
  return fs.writeText(path, "written by a plugin").isOk ? "ok" : "refused";
}
