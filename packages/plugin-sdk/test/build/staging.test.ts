import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, it } from 'vitest'
import { makeFolder } from '../support/project.js'

const cwd = fileURLToPath(new URL('../../', import.meta.url))
let temporary: string
beforeAll(() => {
  temporary = makeFolder({ readme: '' })
})

/** A process that makes two folders, removes one, and ends as `end` says. */
function program(end: string): string[] {
  return [
    '--input-type=module',
    '--eval',
    `import { makeStaging, removeStaging } from '#internal'
     makeStaging('left')
     removeStaging(makeStaging('removed'))
     process.stdout.write('made')
     ${end}`,
  ]
}

const options = () => ({ cwd, env: { ...process.env, TMPDIR: temporary, TEMP: temporary } })

it.each([
  ['ends', ''],
  ['exits in the middle of a build', 'setTimeout(() => process.exit(130), 10); setInterval(() => {}, 1000)'],
])('a process that %s leaves no staging folder', (_, end) => {
  expect(spawnSync(process.execPath, program(end), options()).stdout.toString()).toBe('made')
  expect(readdirSync(temporary)).toEqual(['readme'])
})

it('the folder is there while the process is', async () => {
  const child = spawn(process.execPath, program('process.stdin.resume()'), options())
  await new Promise((resolve) => child.stdout.once('data', resolve))
  const [made = ''] = readdirSync(temporary).filter((name) => name !== 'readme')
  expect(made).toMatch(/^wasm-plugin-left-/)
  expect(existsSync(join(temporary, made))).toBe(true)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.stdin.end()
  await ended
  expect(readdirSync(temporary)).toEqual(['readme'])
})
