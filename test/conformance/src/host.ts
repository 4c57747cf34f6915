import { ComponentError, type ExternType, type FuncType, type ValueType } from '@wasm-plugin/runtime'
import { camelCase } from './names.js'
import { fromJson, type Json, type Resources, toJson } from './values.js'

/** What the host heard: the name of a function with its arguments. */
export type Heard = readonly [name: string, ...args: Json[]]

const JOURNAL = 'conformance:kit/journal@1.2.3'

/** By the names in the component, in terms of JSON; what is missing here gives its argument back. */
const ANSWERS: Record<string, (...args: Json[]) => Json> = {
  log: () => null,
  'advice#advise': (about) => (about === '' ? null : { some: `about ${about}` }),
  'conformance:ticks/clock@0.1.0#now': () => 41,
  'conformance:ticks/clock@0.2.0#now': (unit) => String(2 ** 40 + (unit as string).length),
  'conformance:kit/values@1.2.3#nothing': () => null,
}

/** What the plugins import: the same behaviour as in `../wasmtime/host.py`. */
export class Host {
  readonly heard: Heard[] = []
  #parts = this.#journal(`${JOURNAL}#`)

  /** Entries of the journal, which the host makes and lends. */
  get entries(): Resources {
    return this.#parts.entries
  }

  /** Import object for a component. */
  importsFor(imports: ReadonlyMap<string, ExternType>): Record<string, unknown> {
    const objects: Record<string, unknown> = {}
    for (const [name, type] of imports) {
      if (name.startsWith('wasi:')) continue
      if (name === JOURNAL) objects[name] = this.#parts.journal
      else if (name === 'entry') {
        // The world's own, and no journal is there.
        this.#parts = this.#journal('')
        objects.Entry = this.#parts.journal.Entry
      } else if (name === 'archive') objects.archive = this.#parts.journal.archive
      else if (name.startsWith('[')) continue
      else if (type.kind === 'func') objects[name] = this.#function(name, type)
      else if (type.kind === 'instance') {
        const functions = [...type.exports].flatMap(([member, item]) =>
          item.kind === 'func'
            ? [[camelCase(member), this.#function(`${name}#${member}`, item)] as const]
            : [],
        )
        objects[name] = Object.fromEntries(functions)
      }
    }
    return objects
  }

  #journal(prefix: string) {
    return makeJournal((name, ...args) => this.heard.push([`${prefix}${name}`, ...args]))
  }

  #function(name: string, { params, result }: FuncType) {
    return (...args: unknown[]): unknown => {
      const given = params.map((param, i) => toJson(param.type, args[i], this.entries))
      this.heard.push([name, ...given])
      const answer = (ANSWERS[name] ?? same)(...given)
      return result === null ? undefined : returned(result, fromJson(result, answer, this.entries))
    }
  }
}

const same = (...args: Json[]): Json => (args.length === 1 ? args[0]! : args)

/** The `err` of a result is thrown. */
function returned(type: ValueType, value: unknown): unknown {
  if (type.kind !== 'result') return value
  const { tag, val } = value as { tag: string; val: unknown }
  if (tag === 'err') throw new ComponentError(val)
  return val
}

function makeJournal(hear: (name: string, ...args: Json[]) => void) {
  class Entry {
    readonly lines: string[] = []
    constructor(
      readonly title: string,
      byPlugin = true,
    ) {
      if (byPlugin) hear('[constructor]entry', title)
    }
    append(line: string): number {
      hear('[method]entry.append', this.title, line)
      return this.lines.push(line)
    }
    text(): string {
      hear('[method]entry.text', this.title)
      return this.lines.join('\n')
    }
    static open(title: string): Entry {
      hear('[static]entry.open', title)
      if (title === '') throw new ComponentError('an entry needs a title')
      return new Entry(title, false)
    }
    [Symbol.dispose](): void {
      hear('[drop]entry', this.title)
    }
  }
  const journal = {
    Entry,
    size(entry: Entry): number {
      hear('size', entry.title)
      return new TextEncoder().encode(entry.lines.join('\n')).length
    },
    archive(entry: Entry): string {
      hear('archive', entry.title)
      return `${entry.title}: ${entry.lines.length}`
    },
  }
  const entries: Resources = {
    toJson: (entry) => ({ entry: (entry as Entry).title }),
    fromJson: (json) => new Entry((json as { entry: string }).entry, false),
  }
  return { journal, entries }
}
