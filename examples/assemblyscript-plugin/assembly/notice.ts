import { Level, log } from "./gen/acme-site/log";
import * as env from "./gen/std/env";
import * as http from "./gen/std/http";

/** The notice of this edition, from the JSON document at NOTICE_URL: a line for every page's footer. */
export function fetchNotice(): string | null {
  const url = env.get("NOTICE_URL");
  if (url === null) return null;
  const json = http.getText(url);
  if (json.isErr) {
    log(Level.Warn, json.error);
    return null;
  }
  const edition = stringField(json.value, "edition");
  const notice = stringField(json.value, "notice");
  if (notice === null) return null;
  return edition === null ? notice : `${edition}: ${notice}`;
}

/** The string value of a field of a flat JSON object. */
function stringField(json: string, name: string): string | null {
  const key = `"${name}"`;
  let at = json.indexOf(key);
  if (at < 0) return null;
  at = skipSpaces(json, at + key.length);
  if (json.charAt(at) != ":") return null;
  at = skipSpaces(json, at + 1);
  return json.charAt(at) == '"' ? stringAt(json, at + 1) : null;
}

function skipSpaces(json: string, at: i32): i32 {
  while (at < json.length && json.charCodeAt(at) <= 0x20) at++;
  return at;
}

/** The JSON string that starts behind the quote before `at`; null when it never ends. */
function stringAt(json: string, at: i32): string | null {
  let text = "";
  while (at < json.length) {
    const character = json.charAt(at++);
    if (character == '"') return text;
    if (character != "\\") {
      text += character;
      continue;
    }
    const escape = json.charAt(at++);
    if (escape == "n") text += "\n";
    else if (escape == "t") text += "\t";
    else if (escape == "u") {
      text += String.fromCharCode(<i32>U32.parseInt(json.substring(at, at + 4), 16));
      at += 4;
    } else text += escape;
  }
  return null;
}
