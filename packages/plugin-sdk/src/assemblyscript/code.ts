/** Lines of source under construction. Indentation is two spaces a level. */
export class Code {
  private readonly rows: string[] = []
  private depth = 0

  line(...texts: readonly string[]): this {
    for (const text of texts) {
      for (const row of text.split('\n')) this.rows.push(row === '' ? '' : '  '.repeat(this.depth) + row)
    }
    return this
  }

  /** `head` and `tail` with an indented body between them. */
  block(head: string, body: (code: this) => void, tail = '}'): this {
    this.line(head)
    this.depth++
    body(this)
    this.depth--
    return this.line(tail)
  }

  /** A WIT doc comment as JSDoc. */
  doc(text: string | undefined): this {
    if (text === undefined || text === '') return this
    const safe = text.replaceAll('*/', '*\\/').split('\n')
    if (safe.length === 1) return this.line(`/** ${safe[0]} */`)
    return this.line('/**', ...safe.map((row) => (row === '' ? ' *' : ` * ${row}`)), ' */')
  }

  get isEmpty(): boolean {
    return this.rows.length === 0
  }

  toString(): string {
    return this.rows.join('\n')
  }
}

/** Temporaries of one generated function. WIT names never start with an underscore. */
export class Temporaries {
  private count = 0

  fresh(): string {
    return `_${this.count++}`
  }
}
