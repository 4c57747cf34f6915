import { getStderr } from "./wasi-cli/stderr";

// @ts-ignore: decorator
@global function cm_stderr(text: string): void {
  const bytes = Uint8Array.wrap(String.UTF8.encode(text + "\n"));
  const stream = getStderr();
  // A blocking write takes at most 4096 bytes.
  for (let at = 0; at < bytes.length; at += 4096) {
    if (stream.blockingWriteAndFlush(bytes.subarray(at, min(at + 4096, bytes.length))).isErr) break;
  }
  stream.drop();
}

// @ts-ignore: decorator
@global function cm_abort(message: string | null, file: string | null, line: u32, column: u32): void {
  let text = "abort: " + (message === null ? "" : message);
  if (file !== null) text += " (" + file + ":" + line.toString() + ":" + column.toString() + ")";
  cm_stderr(text);
  unreachable();
}
