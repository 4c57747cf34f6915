import { showLines } from '@wasm-plugin/runtime/text'

/** Characters of one line; a longer one is cut into several. */
const MAX_LINE = 8_192

/** Collects bytes into lines of plain text. One per stream. */
export interface LineBuffer {
  write(bytes: Uint8Array): void
  /** The same of a text that is there as a whole. */
  print(text: string): void
  /** Gives out a last line that has no newline. */
  end(): void
}

/**
 * Splits UTF-8 at newlines. What hides or acts becomes visible escapes, except for tabs: what a plugin prints cannot drive
 * the terminal or forge lines of the log it ends up in.
 */
export function createLineBuffer(emit: (line: string) => void): LineBuffer {
  const decoder = new TextDecoder('utf-8')
  let rest = ''
  const take = (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) out(line.endsWith('\r') ? line.slice(0, -1) : line)
    while (rest.length > MAX_LINE) {
      out(rest.slice(0, MAX_LINE))
      rest = rest.slice(MAX_LINE)
    }
  }
  const out = (line: string) => {
    for (let at = 0; at === 0 || at < line.length; at += MAX_LINE) {
      emit(showLines(line.slice(at, at + MAX_LINE)))
    }
  }
  return {
    write(bytes) {
      take(decoder.decode(bytes, { stream: true }))
    },
    print(text) {
      // In parts: a text that is all newlines is more lines than there is room for.
      for (let at = 0; at < text.length; at += MAX_LINE) take(text.slice(at, at + MAX_LINE))
    },
    end() {
      take(decoder.decode())
      if (rest !== '') out(rest)
      rest = ''
    },
  }
}
