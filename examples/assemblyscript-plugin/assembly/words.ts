/** Words of the prose: what stands in fenced code blocks is not read aloud, and marks alone are no words. */
export function countWords(markdown: string): u32 {
  let words: u32 = 0;
  let fence = "";
  const lines = markdown.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const mark = fenceOf(lines[i]);
    if (fence.length > 0) {
      if (mark.length >= fence.length && mark.startsWith(fence)) fence = "";
    } else if (mark.length > 0) {
      fence = mark;
    } else {
      words += wordsOf(lines[i]);
    }
  }
  return words;
}

/** The backticks or tildes that a line opens or closes a code block with. */
function fenceOf(line: string): string {
  const text = line.trimStart();
  const mark = text.charCodeAt(0);
  if (mark != 0x60 && mark != 0x7e) return "";
  let length = 1;
  while (length < text.length && text.charCodeAt(length) == mark) length++;
  return length < 3 ? "" : text.substring(0, length);
}

function wordsOf(line: string): u32 {
  let words: u32 = 0;
  let inWord = false;
  for (let i = 0; i < line.length; i++) {
    const unit = line.charCodeAt(i);
    if (isSpace(unit)) {
      inWord = false;
    } else if (!inWord && isLetterOrDigit(unit)) {
      inWord = true;
      words++;
    }
  }
  return words;
}

function isSpace(unit: i32): bool {
  return unit == 0x20 || (unit >= 0x09 && unit <= 0x0d) || unit == 0xa0;
}

/** Everything beyond ASCII counts as a letter, which is right for most of it. */
function isLetterOrDigit(unit: i32): bool {
  const lower = unit | 0x20;
  return (unit >= 0x30 && unit <= 0x39) || (lower >= 0x61 && lower <= 0x7a) || unit > 0xa0;
}
