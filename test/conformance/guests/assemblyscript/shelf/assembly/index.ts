import { archive, CopyOutResult, Entry } from "./gen/world";

export function copyOut(title: string, lines: Array<string>): CopyOutResult {
  const opened = Entry.open(title);
  if (opened.isErr) return CopyOutResult.err(opened.error);
  const entry = opened.value;
  for (let i = 0; i < lines.length; i++) entry.append(lines[i]);
  const copy = new Entry(title + " copy");
  const count = copy.append(entry.text());
  const answer = archive(entry);
  copy.drop();
  return CopyOutResult.ok(answer + "/" + count.toString());
}

export function sign(e: Entry, name: string): u32 {
  return e.append(name);
}

export function last(all: Array<Entry>): Entry | null {
  if (all.length == 0) return null;
  const last = all.pop();
  for (let i = 0; i < all.length; i++) all[i].drop();
  return last;
}

export function replace(e: Entry): Entry {
  e.drop();
  return new Entry("new");
}
