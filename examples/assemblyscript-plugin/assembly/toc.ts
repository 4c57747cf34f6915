import { Heading } from "./gen/acme-site/types";

/**
 * Nested lists of links to the headings, `depth` levels below the title. The first level-1 heading is the title of the
 * page and not part of it. A level that is left out (`##`, then `####`) costs one list, not two.
 */
export function tableOfContents(headings: Array<Heading>, depth: i32): string {
  let html = "";
  let titleSeen = false;
  const open = new Array<i32>();
  for (let i = 0; i < headings.length; i++) {
    const heading = headings[i];
    if (heading.level == 1 && !titleSeen) {
      titleSeen = true;
      continue;
    }
    if (<i32>heading.level > depth + 1) continue;
    while (open.length > 0 && open[open.length - 1] > <i32>heading.level) {
      html += "</li></ul>";
      open.pop();
    }
    if (open.length > 0 && open[open.length - 1] == <i32>heading.level) {
      html += "</li>";
    } else {
      html += "<ul>";
      open.push(heading.level);
    }
    html += `<li><a href="#${escapeHtml(heading.anchor)}">${escapeHtml(heading.text)}</a>`;
  }
  for (let i = 0; i < open.length; i++) html += "</li></ul>";
  return html;
}

/** Headings are text, and text may hold anything. */
function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
