import type { AccessEvent, Host } from '@wasm-plugin/host'
import type { Progress } from '../command.js'
import { shellWord } from '../output/shell-word.js'

/** Shows what the plugin writes and what it is denied, each denial with the flag that would allow it. Events hold no line ends. */
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

function denial({ capability, operation, target }: AccessEvent): string {
  const flag = FLAGS.get(capability)?.(target, operation)
  return `denied ${capability} ${operation} ${target}${flag === undefined ? '' : `\n  hint: ${flag}`}`
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
