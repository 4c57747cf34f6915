import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tempDir } from './wasi.js'

const child = fileURLToPath(new URL('heap-child.mjs', import.meta.url))

/** The lines that the child printed, and how it ended. */
export function runChild(input: unknown): Promise<{ outcomes: [string, string][]; code: unknown }> {
  const file = join(tempDir(), 'cases.json')
  writeFileSync(
    file,
    JSON.stringify(input, (_, value) => (typeof value === 'bigint' ? { bigint: `${value}` } : value)),
  )
  return new Promise((resolve) => {
    execFile(process.execPath, [child, file], { maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      const outcomes = stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
      const code = error === null ? 0 : (error.signal ?? `${error.code}: ${stderr.slice(0, 2_000)}`)
      resolve({ outcomes, code })
    })
  })
}
