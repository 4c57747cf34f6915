import { AnalyzeResult, Insights } from "./gen/acme-site/analyze";
import { Document, Heading } from "./gen/acme-site/types";
import { fetchNotice } from "./notice";
import { Settings, readSettings } from "./settings";
import { tableOfContents } from "./toc";
import { countWords } from "./words";

/** Read at the first document, and then kept: an instance serves many. */
let settings: Settings | null = null;
let notice: string | null = null;

/** Implements `acme:site/analyze`. */
export function analyze(doc: Document, headings: Array<Heading>): AnalyzeResult {
  if (settings === null) {
    settings = readSettings();
    notice = fetchNotice();
  }
  const words = countWords(doc.markdown);
  const speed = settings!.wordsPerMinute;
  const minutes = (words + speed - 1) / speed;
  const toc = tableOfContents(headings, settings!.tocDepth);
  return AnalyzeResult.ok(new Insights(words, minutes, toc, notice));
}
