import { readdirSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AscReply, AscRequest, RawDiagnostic, RawRange } from './build/assemblyscript/asc-messages.js'
import { stateOf } from './cache/cache.js'
import { readRegularFile } from './files.js'

/**
 * The process that AssemblyScript's compiler runs in: it ends the process when it crashes, and while it compiles it
 * answers nobody. Argument: path of `asc.js`. It ends with the process that started it.
 */

interface Asc {
  main(args: readonly string[], api: AscApi): Promise<{ error: Error | null }>
}

interface AscApi {
  readFile(name: string, baseDir: string): string | null
  writeFile(name: string, contents: Uint8Array | string, baseDir: string): void
  listFiles(dir: string, baseDir: string): string[] | null
  reportDiagnostic(diagnostic: RawDiagnostic): void
  stdout: { write(text: string): void }
  stderr: { write(text: string): void }
}

/** The only one of the library folder that exists for a request; other imports by name are packages. */
const LIBRARY_FILE = 'bindings/dom.ts'

const [, , path = ''] = process.argv
const loading: Promise<Asc> = import(pathToFileURL(path).href)
let last: Promise<void> = Promise.resolve()

process.on('message', (request: AscRequest) => {
  last = last.then(async () => void process.send!(await answer(await loading, request)))
})
process.on('disconnect', () => process.exit())

async function answer(asc: Asc, { dir, args, library, projectCode }: AscRequest): Promise<AscReply> {
  const written = new Map<string, Uint8Array>()
  const diagnostics: RawDiagnostic[] = []
  const trace = new Map<string, string>()
  let isTraced = true
  let refused: string | null = null
  let output = ''
  const listener = {
    write(text: string) {
      output += text
    },
  }
  process.chdir(dir) // Transforms are found from here.
  const { error } = await asc.main(args, {
    readFile(name, base) {
      if (base === library.dir) return name === LIBRARY_FILE ? library.text : null
      const path = resolve(dir, base, name)
      const bytes = readIfThere(path)
      trace.set(relative(dir, path), stateOf(bytes))
      const text = bytes && new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
      if (text === null || !namesTransforms(text)) return text
      isTraced = false
      if (projectCode) return text
      refused ??= relative(dir, path)
      return null // A configuration that the compiler does not see runs nothing.
    },
    writeFile: (name, contents) => void written.set(name, bytesOf(contents)),
    listFiles(name, base) {
      if (name === library.dir) return [LIBRARY_FILE]
      isTraced = false
      return sourcesIn(resolve(dir, base, name))
    },
    reportDiagnostic: (diagnostic) => void diagnostics.push(plain(diagnostic)),
    stdout: listener,
    stderr: listener,
  })
  return {
    written,
    diagnostics,
    output,
    error: error?.message ?? null,
    refused,
    trace: isTraced ? trace : null,
  }
}

/** Whether a file is a configuration in which the compiler finds `transform`, whatever it is called and however spelled. */
function namesTransforms(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false
  let found = false
  try {
    JSON.parse(text, (key, value) => {
      if (key === 'transform') found = true
      return value
    })
  } catch {
    return false // The compiler cannot read it either.
  }
  return found
}

function bytesOf(contents: Uint8Array | string): Uint8Array {
  return typeof contents === 'string' ? new TextEncoder().encode(contents) : contents
}

/** Without the compiler's own objects, which cannot be sent. */
function plain({ code, category, message, range }: RawDiagnostic): RawDiagnostic {
  return { code, category, message, range: range === null ? null : plainRange(range) }
}

function plainRange({ start, end, source: { normalizedPath } }: RawRange): RawRange {
  return { start, end, source: { normalizedPath } }
}

function readIfThere(path: string): Uint8Array | null {
  try {
    return readRegularFile(path)
  } catch {
    return null
  }
}

function sourcesIn(folder: string): string[] | null {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  } catch {
    return null
  }
}
