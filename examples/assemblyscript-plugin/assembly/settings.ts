import { Level, log } from "./gen/acme-site/log";
import * as env from "./gen/std/env";
import * as fs from "./gen/std/fs";

const FILE = "/settings/analyzer.ini";

export class Settings {
  tocDepth: i32 = 2;
  wordsPerMinute: u32 = 200;
}

/** The settings file, then the environment, which wins. What is missing or makes no sense keeps its default. */
export function readSettings(): Settings {
  const settings = new Settings();
  const text = fs.readText(FILE);
  if (text.isErr) log(Level.Warn, text.error);
  else readLines(text.value, settings);
  const speed = env.get("READING_SPEED");
  if (speed !== null) settings.wordsPerMinute = positive("READING_SPEED", speed, settings.wordsPerMinute);
  return settings;
}

/** Lines of `key = value`; `#` starts a comment. */
function readLines(text: string, settings: Settings): void {
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i].trim();
    const equals = line.indexOf("=");
    if (line.startsWith("#") || equals < 0) continue;
    const key = line.substring(0, equals).trim();
    const value = line.substring(equals + 1).trim();
    if (key == "toc-depth") settings.tocDepth = positive(key, value, settings.tocDepth);
    else if (key == "words-per-minute") settings.wordsPerMinute = positive(key, value, settings.wordsPerMinute);
    else log(Level.Warn, `${FILE}: unknown setting "${key}"`);
  }
}

function positive(key: string, value: string, fallback: i32): i32 {
  const number = I32.parseInt(value);
  if (number > 0) return number;
  log(Level.Warn, `${key}: "${value}" is not a positive number`);
  return fallback;
}
