import { Result } from "./gen/cm";
import * as http from "./gen/std/http";
import { getEnvironment } from "./gen/wasi-cli/environment";
import { subscribeDuration } from "./gen/wasi-clocks/monotonic-clock";
import {
  ErrorCode,
  Fields,
  IncomingRequest,
  OutgoingBody,
  OutgoingResponse,
  ResponseOutparam,
} from "./gen/wasi-http/types";

/** What a build of this is: there is one of each version. */
const VERSION = "0.0.0";
const SLOW = "/slow/";
const ASK = "/ask/";

/** Says which version answers, and how it was told to greet; under `/slow/9000` after nine seconds; under `/ask/8000` what a port says. */
export function handle(request: IncomingRequest, responseOut: ResponseOutparam): void {
  const path = request.pathWithQuery();
  if (path !== null && path.startsWith(SLOW)) {
    const pause = subscribeDuration(u64.parse(path.substring(SLOW.length)) * 1000000);
    pause.block();
    pause.drop();
  }
  const text = path !== null && path.startsWith(ASK) ? ask(path.substring(ASK.length)) : `${greeting()} from ${VERSION}`;
  const headers = new Fields();
  headers.append("content-type", bytes("text/plain; charset=utf-8"));
  const response = new OutgoingResponse(headers);
  const body = response.body().value;
  ResponseOutparam.set(responseOut, Result.ok<OutgoingResponse, ErrorCode>(response));
  const stream = body.write().value;
  stream.blockingWriteAndFlush(bytes(text + "\n"));
  stream.drop();
  OutgoingBody.finish(body, null);
}

function ask(port: string): string {
  const answer = http.get("http://10.99.0.1:" + port + "/");
  return answer.isErr ? "denied" : answer.value.text();
}

function greeting(): string {
  const variables = getEnvironment();
  for (let i = 0; i < variables.length; i++) if (variables[i]._0 == "GREETING") return variables[i]._1;
  return "Silence";
}

function bytes(text: string): Uint8Array {
  return Uint8Array.wrap(String.UTF8.encode(text));
}
