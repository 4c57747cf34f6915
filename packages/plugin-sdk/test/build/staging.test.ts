import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { beforeAll, expect, it } from 'vitest'
import { makeFolder } from '../support/project.js'

let folder: string
let temporary: string
beforeAll(() => {
  folder = makeFolder({ 'temporary/readme': '' })
  temporary = join(folder, 'temporary')
  const source = fileURLToPath(new URL('../../src/build/staging.ts', import.meta.url))
  buildSync({ entryPoints: [source], outfile: join(folder, 'staging.mjs'), platform: 'node', format: 'esm' })
})

/** A process that makes two folders, removes one, and ends as `end` says. */
function program(end: string): string[] {
  const path = join(folder, 'program.mjs')
  writeFileSync(
    path,
    `import { makeStaging, removeStaging } from './staging.mjs'
     makeStaging('left')
     removeStaging(makeStaging('removed'))
     process.stdout.write('made')
     ${end}`,
  )
  return [path]
}

const env = () => ({ ...process.env, TMPDIR: temporary, TEMP: temporary })

it.each([
  ['ends', ''],
  ['exits in the middle of a build', 'setTimeout(() => process.exit(130), 10); setInterval(() => {}, 1000)'],
])('a process that %s leaves no staging folder', (_, end) => {
  expect(spawnSync(process.execPath, program(end), { env: env() }).stdout.toString()).toBe('made')
  expect(readdirSync(temporary)).toEqual(['readme'])
})

it('the folder is there while the process is', async () => {
  const child = spawn(process.execPath, program('process.stdin.resume()'), { env: env() })
  await new Promise((resolve) => child.stdout.once('data', resolve))
  const [made = ''] = readdirSync(temporary).filter((name) => name !== 'readme')
  expect(made).toMatch(/^wasm-plugin-left-/)
  expect(existsSync(join(temporary, made))).toBe(true)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.stdin.end()
  await ended
  expect(readdirSync(temporary)).toEqual(['readme'])
})
