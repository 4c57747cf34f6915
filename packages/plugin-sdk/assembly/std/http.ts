// HTTP requests to the hosts that the plugin was granted. An error is a sentence with the URL in it; a response with a
// status such as 404 is not an error.
import { Result } from "../cm";
import { handle } from "../wasi-http/outgoing-handler";
import { ErrorCode, Fields, IncomingResponse, Method, OutgoingBody, OutgoingRequest, Scheme } from "../wasi-http/types";

export class Request {
  method: string = "GET";
  headers: Map<string, string> = new Map<string, string>();
  body: Uint8Array | null = null;
  constructor(readonly url: string) {}

  setHeader(name: string, value: string): Request { this.headers.set(name, value); return this; }
  /** Makes it a POST with a UTF-8 body, unless another method was set. */
  setText(text: string): Request {
    this.body = Uint8Array.wrap(String.UTF8.encode(text));
    if (this.method == "GET") this.method = "POST";
    return this;
  }
}

export class Response {
  /** Header names are lower case. */
  constructor(readonly status: u16, readonly headers: Map<string, string>, readonly body: Uint8Array) {}
  get isOk(): bool { return this.status >= 200 && this.status < 300; }
  /** The body as UTF-8. */
  text(): string { return String.UTF8.decode(this.body.buffer); }
}

/** Body of a GET request as text; a status outside 200-299 is an error here. */
export function getText(url: string): Result<string, string> {
  const answer = fetch(new Request(url));
  if (answer.isErr) return Result.err<string, string>(answer.error);
  const response = answer.value;
  if (!response.isOk) return Result.err<string, string>(url + ": status " + response.status.toString());
  return Result.ok<string, string>(response.text());
}

export function get(url: string): Result<Response, string> {
  return fetch(new Request(url));
}

export function fetch(request: Request): Result<Response, string> {
  const url = request.url, prepared = prepare(request);
  if (prepared.isErr) return Result.err<Response, string>(prepared.error);
  const outgoing = prepared.value, body = request.body;
  let writing: OutgoingBody | null = null;
  if (body !== null) writing = outgoing.body().value;
  const sent = handle(outgoing, null);
  if (sent.isErr) return Result.err<Response, string>(failure(url, sent.error));
  if (writing !== null && body !== null && !send(writing, body)) {
    return Result.err<Response, string>(url + ": the request body could not be sent");
  }
  const future = sent.value, ready = future.subscribe();
  ready.block();
  ready.drop();
  const outcome = future.get()!.value;
  future.drop();
  if (outcome.isErr) return Result.err<Response, string>(failure(url, outcome.error));
  return receive(url, outcome.value);
}

function prepare(request: Request): Result<OutgoingRequest, string> {
  const url = request.url, scheme = url.indexOf("://");
  if (scheme < 0) return Result.err<OutgoingRequest, string>(url + ": not an absolute URL");
  let pathStart = url.indexOf("/", scheme + 3);
  if (pathStart < 0) pathStart = url.length;
  const authority = url.substring(scheme + 3, pathStart), fragment = url.indexOf("#", pathStart);
  let path = fragment < 0 ? url.substring(pathStart) : url.substring(pathStart, fragment);
  if (!path.length) path = "/";
  const fields = new Fields(), names = request.headers.keys();
  for (let i = 0; i < names.length; i++) {
    const value = Uint8Array.wrap(String.UTF8.encode(request.headers.get(names[i])));
    if (fields.append(names[i], value).isErr) {
      fields.drop();
      return Result.err<OutgoingRequest, string>(url + ": the header " + names[i] + " is not allowed");
    }
  }
  const outgoing = new OutgoingRequest(fields);
  const name = url.substring(0, scheme);
  const valid = outgoing.setMethod(methodOf(request.method)).isOk
    && outgoing.setScheme(name == "https" ? Scheme.https() : name == "http" ? Scheme.http() : Scheme.other(name)).isOk
    && outgoing.setAuthority(authority).isOk
    && outgoing.setPathWithQuery(path).isOk;
  if (valid) return Result.ok<OutgoingRequest, string>(outgoing);
  outgoing.drop();
  return Result.err<OutgoingRequest, string>(url + ": not a valid request");
}

function methodOf(name: string): Method {
  if (name == "GET") return Method.get();
  if (name == "HEAD") return Method.head();
  if (name == "POST") return Method.post();
  if (name == "PUT") return Method.put();
  if (name == "DELETE") return Method.delete_();
  if (name == "OPTIONS") return Method.options();
  if (name == "PATCH") return Method.patch();
  return Method.other(name);
}

function send(writing: OutgoingBody, body: Uint8Array): bool {
  const stream = writing.write().value;
  let sent = true;
  // A blocking write takes at most 4096 bytes.
  for (let at = 0; sent && at < body.length; at += 4096) {
    sent = stream.blockingWriteAndFlush(body.subarray(at, min(at + 4096, body.length))).isOk;
  }
  stream.drop();
  return sent && OutgoingBody.finish(writing, null).isOk;
}

function receive(url: string, response: IncomingResponse): Result<Response, string> {
  const status = response.status(), fields = response.headers(), entries = fields.entries();
  const headers = new Map<string, string>();
  for (let i = 0; i < entries.length; i++) {
    headers.set(entries[i]._0.toLowerCase(), String.UTF8.decode(entries[i]._1.buffer));
  }
  fields.drop();
  const body = response.consume().value, stream = body.stream().value;
  const chunks: Uint8Array[] = [];
  let size = 0, failed = false;
  while (true) {
    const read = stream.blockingRead(65536);
    if (read.isErr) { failed = !read.error.isClosed; break; }
    chunks.push(read.value);
    size += read.value.length;
  }
  stream.drop();
  body.drop();
  response.drop();
  if (failed) return Result.err<Response, string>(url + ": the response broke off");
  const all = new Uint8Array(size);
  for (let i = 0, at = 0; i < chunks.length; i++) { all.set(chunks[i], at); at += chunks[i].length; }
  return Result.ok<Response, string>(new Response(status, headers, all));
}

function failure(url: string, code: ErrorCode): string {
  const name = url + ": " + NAMES.split(" ")[code.tag];
  if (!code.isInternalError) return name;
  const detail = code.asInternalError;
  return detail === null ? name : name + " (" + detail + ")";
}

/** `error-code` of wasi:http/types, in its order. */
const NAMES = "DNS-timeout DNS-error destination-not-found destination-unavailable destination-IP-prohibited destination-IP-unroutable connection-refused connection-terminated connection-timeout connection-read-timeout connection-write-timeout connection-limit-reached TLS-protocol-error TLS-certificate-error TLS-alert-received HTTP-request-denied HTTP-request-length-required HTTP-request-body-size HTTP-request-method-invalid HTTP-request-URI-invalid HTTP-request-URI-too-long HTTP-request-header-section-size HTTP-request-header-size HTTP-request-trailer-section-size HTTP-request-trailer-size HTTP-response-incomplete HTTP-response-header-section-size HTTP-response-header-size HTTP-response-body-size HTTP-response-trailer-section-size HTTP-response-trailer-size HTTP-response-transfer-coding HTTP-response-content-coding HTTP-response-timeout HTTP-upgrade-failed HTTP-protocol-error loop-detected configuration-error internal-error";
