// Lines of the plugin's log, with their level in front: the world has a standard error and no log.
import { getStderr } from "../wasi-cli/stderr";

export function trace(message: string): void { write("trace: " + message + "\n"); }
export function debug(message: string): void { write("debug: " + message + "\n"); }
export function info(message: string): void { write("info: " + message + "\n"); }
export function warn(message: string): void { write("warn: " + message + "\n"); }
export function error(message: string): void { write("error: " + message + "\n"); }
export function critical(message: string): void { write("critical: " + message + "\n"); }

function write(text: string): void {
  const bytes = Uint8Array.wrap(String.UTF8.encode(text)), stream = getStderr();
  // A blocking write takes at most 4096 bytes.
  for (let at = 0; at < bytes.length; at += 4096) {
    if (stream.blockingWriteAndFlush(bytes.subarray(at, min(at + 4096, bytes.length))).isErr) break;
  }
  stream.drop();
}
