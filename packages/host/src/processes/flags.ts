import type { GrantSet } from '@wasm-plugin/wasi'

export interface FlagsFor {
  readonly limits: { readonly memoryBytes: number; readonly tableElements: number }
  readonly heapBytes: number
  readonly grants: Pick<GrantSet, 'fs'>
}

/** Of Node, for the process of a plugin. */
export function flagsFor({ limits, heapBytes, grants }: FlagsFor): string[] {
  return [
    ...permissions(grants),
    '--no-addons',
    // As the limits of the thread and of the modules say it, said by the engine once more.
    `--max-old-space-size=${Math.ceil(heapBytes / 2 ** 20)}`,
    `--wasm-max-mem-pages=${Math.ceil(limits.memoryBytes / 2 ** 16)}`,
    `--wasm-max-table-size=${Math.max(limits.tableElements, SHIM_ELEMENTS)}`,
    '--input-type=commonjs',
    // The script comes by stdin: a bundled application has no file of this package, and nothing is to be read.
    '-',
  ]
}

/** Elements of tables that are the runtime's own. */
const SHIM_ELEMENTS = 10_000

/**
 * Node's permissions: no other process, no add-on, no network where Node can forbid it, and files as far as the grants go. A
 * grant is reached from the root of the file system by handles, which paths cannot name, so what Node can tell apart is
 * whether there is any, and whether one may be written to.
 */
function permissions({ fs }: Pick<GrantSet, 'fs'>): string[] {
  const flag = ['--permission', '--experimental-permission'].find((name) =>
    process.allowedNodeEnvironmentFlags.has(name),
  )
  if (flag === undefined) return []
  const flags = [flag, '--allow-worker']
  if (fs.length > 0) flags.push('--allow-fs-read=*')
  if (fs.some(({ access }) => access === 'read-write')) flags.push('--allow-fs-write=*')
  return flags
}
