import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, it, onTestFinished } from 'vitest'
import { look } from '../helpers/look.js'
import { startCli } from '../helpers/start-cli.js'

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))
const plugin = path.join(inject('kitchen'), 'dist/kitchen.wasm')

/** As far as the window that is waited for. */
async function started(...words: string[]) {
  const running = startCli(['run', plugin, ...words, '--ui'], {})
  const said = await running.until(/Window http:\S+\n/)
  return { running, page: await look(/http:\S+/.exec(said)?.[0] ?? '') }
}

it('run --ui waits for somebody who looks, calls, and stays until Ctrl-C', async () => {
  const { running, page } = await started('divide', '6', '2')
  await running.until(/3\n/)
  await running.until(/Staying until Ctrl-C/)
  expect(await page.until(/"kind":"call"/)).toBeDefined()
  expect(await running.interrupt()).toBe(0)
  expect(await page.until(/nothing/)).toBeUndefined()
})

it('run --ui stays after a failure, and ends with its exit code', async () => {
  const { running, page } = await started('spin', '--timeout', '100ms')
  await running.until(/DEADLINE_EXCEEDED/)
  await running.until(/Staying until Ctrl-C/)
  expect(await page.until(/"kind":"fault"/)).toBeDefined()
  expect(await running.interrupt()).toBe(1)
})

it('run --ui keeps the process while it waits, and after it', async () => {
  const child = spawn(process.execPath, [BIN, 'run', plugin, 'divide', '6', '2', '--ui'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk
    })
  await expect.poll(() => said, { timeout: 30_000 }).toMatch(/Window http/)
  const page = await look(/http:\S+/.exec(said)?.[0] ?? '')
  await expect.poll(() => said, { timeout: 30_000 }).toMatch(/Staying until Ctrl-C/)
  expect(said).toMatch(/^3$/m)
  expect(await page.until(/"kind":"call"/)).toBeDefined()
  child.kill('SIGINT')
  expect(await once(child, 'close')).toEqual([0, null])
}, 60_000)

it('run --ui is interrupted while it waits', async () => {
  const running = startCli(['run', plugin, 'divide', '6', '2', '--ui'], {})
  await running.until(/Window http:\S+\n/)
  expect(await running.interrupt()).toBe(130)
  await running.until(/INTERRUPTED/)
})
