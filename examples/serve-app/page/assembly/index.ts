import { Result } from "./gen/cm";
import {
  ErrorCode,
  Fields,
  IncomingRequest,
  OutgoingBody,
  OutgoingResponse,
  ResponseOutparam,
} from "./gen/wasi-http/types";

/** Answers every request with a page about it. */
export function handle(request: IncomingRequest, responseOut: ResponseOutparam): void {
  const path = request.pathWithQuery();
  const headers = new Fields();
  headers.append("content-type", bytes("text/html; charset=utf-8"));
  const response = new OutgoingResponse(headers);
  const body = response.body().value;
  ResponseOutparam.set(responseOut, Result.ok<OutgoingResponse, ErrorCode>(response));
  const stream = body.write().value;
  stream.blockingWriteAndFlush(bytes(`<h1>AssemblyScript at ${path === null ? "/" : path}</h1>\n`));
  stream.drop();
  OutgoingBody.finish(body, null);
}

function bytes(text: string): Uint8Array {
  return Uint8Array.wrap(String.UTF8.encode(text));
}
