import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export interface HostTest {
  /** Below `packages/host/test`. */
  readonly file: string
  /** Why it is not run in a browser; undefined when it is. */
  readonly reason: string | undefined
}

/** The tests of the host for Node, of which those that need nothing of Node are run over the host for pages. */
export function hostTests(folder: string): readonly HostTest[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .map((file) => ({ file, reason: reasonOf(readFileSync(path.join(folder, file), 'utf8')) }))
}

function reasonOf(source: string): string | undefined {
  const modules = [...source.matchAll(/ from '([^']+)'/g)].map(([, name = '']) => name)
  const core = modules.filter((name) => name.startsWith('node:') && !SHIMS.has(name))
  if (core.length > 0) return `uses ${core.join(', ')}`
  const ours = modules.find((name) => name.includes('/src/'))
  if (ours !== undefined)
    return `is about ${ours.replace(/^[./]+/, '').replace(/\.js$/, '.ts')} of the host for Node`
  const helper = modules.find((name) => name.includes('helpers/') && !HELPERS.test(name))
  if (helper !== undefined) return `uses ${path.basename(helper, '.js')}, a helper that needs Node`
  const tool = modules.find((name) => TOOLS.has(name))
  if (tool !== undefined) return `uses ${tool}`
  // A name that a shim gives is none of Node's.
  const shimmed = modules.some((name) => SHIMS.has(name))
  const global = GLOBALS.exec(shimmed ? source.replaceAll('setImmediate', '') : source)?.[0]
  return global === undefined ? undefined : `uses ${global}`
}

const GLOBALS =
  /\b(Buffer|setImmediate|addInline|process\.(?:on|off|memoryUsage)\b|spyOn\(process|global\.gc|WeakRef)\b/

/** What a browser is given in their place, see `vitest.config.ts`. */
const SHIMS = new Set(['node:timers/promises'])
const HELPERS = /helpers\/(guests|attack)\.js$/
const TOOLS = new Set(['typescript', 'esbuild'])
