import { readFile } from 'node:fs/promises'
import { inRoot } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'

/** Where the process's streams are taken up for the printer, which shows all text, and what shows its own. */
const DOORS = [
  'packages/cli/src/bin.ts',
  'packages/cli/src/run-process.ts',
  'packages/cli/src/registry/ask.ts',
  'packages/cli/src/scaffold/ask.ts',
  'packages/host/src/node-ports.ts',
  'packages/web/src/web-ports.ts',
  'packages/plugin-sdk/src/testing/stale.ts',
]

/** No package writes to a terminal by itself: texts of plugins would reach it unshown. */
export async function checkTerminal() {
  const sources = (await run('git', ['ls-files', 'packages/*/src/**.ts'])).split('\n').filter(Boolean)
  const found = []
  for (const file of sources) {
    if (DOORS.includes(file)) continue
    const lines = (await readFile(inRoot(file), 'utf8')).split('\n')
    for (const [index, line] of lines.entries())
      if (WRITES.test(line.replace(COMMENT, ''))) found.push(`${file}:${index + 1}`)
  }
  if (found.length > 0) throw new Error(`these lines write past the printer:\n  ${found.join('\n  ')}`)
}

const WRITES = /\bconsole\s*\.\s*\w+\s*\(|\bprocess\s*\.\s*(?:stdout|stderr|emitWarning)\b/
const COMMENT = /^\s*(?:\/?\*|\/\/).*/
