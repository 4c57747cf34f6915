// Files below the directories that the plugin was granted. Paths are absolute, as the grant names them: `/data/x.json`.
// An error is a sentence with the path in it.
import { Result, Unit, unit } from "../cm";
import { getDirectories } from "../wasi-filesystem/preopens";
import { Descriptor, DescriptorFlags, DescriptorType, ErrorCode, OpenFlags, PathFlags } from "../wasi-filesystem/types";

export class Entry {
  constructor(readonly name: string, readonly isFile: bool, readonly isDirectory: bool) {}
}

export class Stat {
  /** `size` is in bytes. */
  constructor(readonly size: u64, readonly isFile: bool, readonly isDirectory: bool) {}
}

export function readText(path: string): Result<string, string> {
  const read = readBytes(path);
  if (read.isErr) return Result.err<string, string>(read.error);
  return Result.ok<string, string>(String.UTF8.decode(read.value.buffer));
}

export function readBytes(path: string): Result<Uint8Array, string> {
  const opened = open(path, OpenFlags.None, DescriptorFlags.Read);
  if (opened.isErr) return Result.err<Uint8Array, string>(opened.error);
  const file = opened.value;
  const chunks: Uint8Array[] = [];
  let size: u64 = 0;
  while (true) {
    const read = file.read(CHUNK, size);
    if (read.isErr) { file.drop(); return Result.err<Uint8Array, string>(failure(path, read.error)); }
    const chunk = read.value._0;
    if (chunk.length) { chunks.push(chunk); size += chunk.length; }
    if (read.value._1 || !chunk.length) break;
  }
  file.drop();
  const all = new Uint8Array(<i32>size);
  for (let i = 0, at = 0; i < chunks.length; i++) { all.set(chunks[i], at); at += chunks[i].length; }
  return Result.ok<Uint8Array, string>(all);
}

/** Replaces the file, or makes it. */
export function writeText(path: string, text: string): Result<Unit, string> {
  return writeBytes(path, Uint8Array.wrap(String.UTF8.encode(text)));
}

/** Replaces the file, or makes it. */
export function writeBytes(path: string, bytes: Uint8Array): Result<Unit, string> {
  const opened = open(path, OpenFlags.Create | OpenFlags.Truncate, DescriptorFlags.Write);
  if (opened.isErr) return Result.err<Unit, string>(opened.error);
  const file = opened.value;
  let at: u64 = 0;
  while (at < <u64>bytes.length) {
    const end = min<u64>(at + CHUNK, bytes.length);
    const written = file.write(bytes.subarray(<i32>at, <i32>end), at);
    if (written.isErr) { file.drop(); return Result.err<Unit, string>(failure(path, written.error)); }
    at += written.value;
  }
  file.drop();
  return Result.ok<Unit, string>(unit);
}

/** Entries of a directory, in the host's order. */
export function list(path: string): Result<Entry[], string> {
  const opened = open(path, OpenFlags.Directory, DescriptorFlags.Read);
  if (opened.isErr) return Result.err<Entry[], string>(opened.error);
  const directory = opened.value, reading = directory.readDirectory();
  if (reading.isErr) { directory.drop(); return Result.err<Entry[], string>(failure(path, reading.error)); }
  const stream = reading.value, entries: Entry[] = [];
  while (true) {
    const next = stream.readDirectoryEntry();
    if (next.isErr) {
      stream.drop(); directory.drop();
      return Result.err<Entry[], string>(failure(path, next.error));
    }
    const entry = next.value;
    if (entry === null) break;
    const kind = entry.type;
    entries.push(new Entry(entry.name, kind == DescriptorType.RegularFile, kind == DescriptorType.Directory));
  }
  stream.drop();
  directory.drop();
  return Result.ok<Entry[], string>(entries);
}

export function stat(path: string): Result<Stat, string> {
  const at = locate(path);
  if (at === null) return Result.err<Stat, string>(outside(path));
  const answer = at.directory.statAt(PathFlags.SymlinkFollow, at.path);
  if (answer.isErr) return Result.err<Stat, string>(failure(path, answer.error));
  const kind = answer.value.type;
  return Result.ok<Stat, string>(new Stat(answer.value.size, kind == DescriptorType.RegularFile, kind == DescriptorType.Directory));
}

export function exists(path: string): bool {
  return stat(path).isOk;
}

/** Removes a file. */
export function remove(path: string): Result<Unit, string> {
  const at = locate(path);
  if (at === null) return Result.err<Unit, string>(outside(path));
  const answer = at.directory.unlinkFileAt(at.path);
  return answer.isErr ? Result.err<Unit, string>(failure(path, answer.error)) : Result.ok<Unit, string>(unit);
}

const CHUNK: u64 = 65536;

class Place {
  constructor(readonly directory: Descriptor, readonly path: string) {}
}

class Root {
  constructor(readonly directory: Descriptor, readonly path: string) {}
}

// @ts-ignore: decorator
@lazy let roots: Root[] | null = null;

/** The granted directory that holds the path, the longest one if several do, and the path inside it. */
function locate(path: string): Place | null {
  if (roots === null) {
    const found: Root[] = [], directories = getDirectories();
    for (let i = 0; i < directories.length; i++) found.push(new Root(directories[i]._0, directories[i]._1));
    roots = found;
  }
  const known = roots!;
  let best: Root | null = null;
  for (let i = 0; i < known.length; i++) {
    const root = known[i].path;
    const inside = path == root || path.startsWith(root.endsWith("/") ? root : root + "/");
    if (inside && (best === null || root.length > best.path.length)) best = known[i];
  }
  if (best === null) return null;
  let start = best.path.length;
  while (start < path.length && path.charCodeAt(start) == 0x2F) start++;
  const rest = path.substring(start);
  return new Place(best.directory, rest.length ? rest : ".");
}

function open(path: string, how: OpenFlags, access: DescriptorFlags): Result<Descriptor, string> {
  const at = locate(path);
  if (at === null) return Result.err<Descriptor, string>(outside(path));
  const opened = at.directory.openAt(PathFlags.SymlinkFollow, at.path, how, access);
  if (opened.isErr) return Result.err<Descriptor, string>(failure(path, opened.error));
  return Result.ok<Descriptor, string>(opened.value);
}

function outside(path: string): string {
  return path + ": no granted directory holds it";
}

function failure(path: string, code: ErrorCode): string {
  return path + ": " + NAMES.split(" ")[code];
}

/** `error-code` of wasi:filesystem/types, in its order. */
const NAMES = "access would-block already bad-descriptor busy deadlock quota exist file-too-large illegal-byte-sequence in-progress interrupted invalid io is-directory loop too-many-links message-size name-too-long no-device no-entry no-lock insufficient-memory insufficient-space not-directory not-empty not-recoverable unsupported no-tty no-such-device overflow not-permitted pipe read-only invalid-seek text-file-busy cross-device";
