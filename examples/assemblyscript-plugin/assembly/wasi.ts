import { getEnvironment } from "./gen/wasi-cli/environment";
import { getDirectories } from "./gen/wasi-filesystem/preopens";
import { Descriptor, DescriptorFlags, OpenFlags, PathFlags } from "./gen/wasi-filesystem/types";
import { handle } from "./gen/wasi-http/outgoing-handler";
import { Fields, IncomingResponse, OutgoingRequest, Scheme } from "./gen/wasi-http/types";

/** A variable that the application granted; one that it did not looks like one that is not set. */
export function env(name: string): string | null {
  const variables = getEnvironment();
  for (let i = 0; i < variables.length; i++) {
    if (variables[i]._0 == name) return variables[i]._1;
  }
  return null;
}

/** The text of a file in a granted directory; null when there is no such file or no such grant. */
export function readText(path: string): string | null {
  const directories = getDirectories();
  for (let i = 0; i < directories.length; i++) {
    const at = directories[i]._1;
    if (!path.startsWith(at + "/")) continue;
    const relative = path.substring(at.length + 1);
    const opened = directories[i]._0.openAt(PathFlags.SymlinkFollow, relative, OpenFlags.None, DescriptorFlags.Read);
    return opened.isOk ? readAll(opened.value) : null;
  }
  return null;
}

const CHUNK: u64 = 65536;

function readAll(file: Descriptor): string | null {
  const chunks = new Array<Uint8Array>();
  let offset: u64 = 0;
  while (true) {
    const chunk = file.read(CHUNK, offset);
    if (!chunk.isOk) return null;
    const bytes = chunk.value._0;
    chunks.push(bytes);
    offset += bytes.length;
    if (chunk.value._1) break;
  }
  file.drop();
  return decode(chunks);
}

/** The body of a GET request that was answered with 200; null for any other outcome. */
export function fetchText(url: string): string | null {
  const rest = url.substring(url.indexOf("://") + 3);
  const slash = rest.indexOf("/");
  const request = new OutgoingRequest(new Fields());
  request.setScheme(url.startsWith("https:") ? Scheme.https() : Scheme.http());
  request.setAuthority(slash < 0 ? rest : rest.substring(0, slash));
  request.setPathWithQuery(slash < 0 ? "/" : rest.substring(slash));
  const sent = handle(request, null);
  if (!sent.isOk) return null;
  const future = sent.value;
  const ready = future.subscribe();
  ready.block();
  ready.drop();
  const answer = future.get();
  if (answer === null || !answer.isOk || !answer.value.isOk) return null;
  const response = answer.value.value;
  const text = response.status() == 200 ? bodyText(response) : null;
  response.drop();
  future.drop();
  return text;
}

function bodyText(response: IncomingResponse): string | null {
  const body = response.consume();
  if (!body.isOk) return null;
  const stream = body.value.stream();
  if (!stream.isOk) return null;
  const chunks = new Array<Uint8Array>();
  while (true) {
    const chunk = stream.value.blockingRead(CHUNK);
    if (!chunk.isOk) break; // the end of the body
    chunks.push(chunk.value);
  }
  stream.value.drop();
  body.value.drop();
  return decode(chunks);
}

/** Text of UTF-8 bytes that came in pieces: a character may have been cut in two. */
function decode(chunks: Array<Uint8Array>): string {
  let length = 0;
  for (let i = 0; i < chunks.length; i++) length += chunks[i].length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (let i = 0; i < chunks.length; i++) {
    bytes.set(chunks[i], at);
    at += chunks[i].length;
  }
  return String.UTF8.decode(bytes.buffer);
}
