import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { isWhole } from './seed.js'
import { root } from './support/app.js'
import { rust } from './support/toolchains.js'

it.skipIf(!isWhole)(
  `faults of every language have the author's lines in every mode${isWhole ? '' : ' (skipped: CI builds a plugin in each language)'}`,
  async () => {
    const { stdout } = await promisify(execFile)('npm', ['run', '-s', 'demo:faults', '--', '--json'], {
      cwd: root,
    })
    const { schema, faults } = JSON.parse(stdout)
    expect(schema).toBe(1)
    const languages = new Set(faults.map(({ language }: { language: string }) => language))
    const all = ['assemblyscript', 'c', 'cpp', 'javascript', 'typescript', ...(rust ? ['rust'] : [])]
    expect([...languages].sort()).toEqual(all.sort())
    expect(faults.length).toBe(5 * all.length)
    for (const fault of faults)
      expect(fault).toMatchObject({ function: expect.any(String), line: expect.any(Number) })
  },
  600_000,
)
