import { relative } from 'node:path'
import { showText } from '@wasm-plugin/runtime/text'
import { staleSource } from '../build/stale-source.js'
import { readManifestFile } from './project.js'

/** Says so once for each component: a test that passes on an old one is worse than one that fails. */
export function warnIfStale(dir: string, component: string): void {
  if (warned.has(component)) return
  const source = staleSource(dir, component, readManifestFile(dir).build)
  if (source === null) return
  warned.add(component)
  const built = relative(dir, component)
  process.emitWarning(
    `the tests run ${showText(built)}, which is older than ${showText(source)}. Build it with \`wasm-plugin build\`, or run the tests with \`wasm-plugin test\`, which builds first.`,
    { type: 'PluginWarning', code: 'COMPONENT_STALE' },
  )
}

const warned = new Set<string>()
