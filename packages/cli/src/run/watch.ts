import type { AccessEvent, Host } from '@wasm-plugin/host'
import type { Progress } from '../command.js'
import { shellWord } from '../output/shell-word.js'

/** Shows what the plugin writes and what it is denied, each denial with what would allow it. Events hold no line ends. */
export function watchAccess(host: Host, progress: Progress): void {
  host.on('log', ({ message }) => progress.line(message))
  const seen = new Set<string>()
  host.on('denied', (event) => {
    const line = denial(event)
    if (seen.has(line)) return
    seen.add(line)
    progress.line(line)
  })
}

/** Shows the flags that change nothing, because the manifest asks for nothing of the kind. */
export function showUnasked(unasked: readonly string[], progress: Progress): void {
  for (const rule of unasked) progress.line(`no effect: ${rule}, which the manifest does not ask for`)
}

function denial(event: AccessEvent): string {
  const { capability, operation, target, reason, rule } = event
  const hint = hintFor(event)
  const why = rule === null ? reason : `${reason} ${rule}`
  return `denied ${capability} ${operation} ${target}: ${why}${hint === undefined ? '' : `\n  hint: ${hint}`}`
}

function hintFor({ capability, operation, target, reason }: AccessEvent): string | undefined {
  if (reason === 'not granted') return FLAGS.get(capability)?.(target, operation)
  return reason === 'not asked for'
    ? 'add it to `capabilities` in wasm-plugin.json and build again'
    : undefined
}

const WRITES = new Set([
  'create',
  'write',
  'mkdir',
  'rmdir',
  'unlink',
  'rename',
  'link',
  'symlink',
  'set-times',
])

const FLAGS = new Map<string, (target: string, operation: string) => string>([
  [
    'fs',
    (target, operation) =>
      `--allow-${WRITES.has(operation) ? 'write' : 'read'} <folder>:${shellWord(folderOf(target))}`,
  ],
  [
    'net',
    (target, operation) =>
      `--allow-net ${shellWord(`${/^[A-Z]+$/.test(operation) ? `${operation} ` : ''}${target}`)}`,
  ],
  ['env', (target) => `--allow-env ${shellWord(target)}`],
])

/** The folder that holds a path as the plugin sees it. */
function folderOf(target: string): string {
  return target.slice(0, target.lastIndexOf('/')) || '/'
}
