import path from 'node:path'
import { expect, inject, it } from 'vitest'
import { look } from '../helpers/look.js'
import { startCli } from '../helpers/start-cli.js'

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

it('run --ui is interrupted while it waits', async () => {
  const running = startCli(['run', plugin, 'divide', '6', '2', '--ui'], {})
  await running.until(/Window http:\S+\n/)
  expect(await running.interrupt()).toBe(130)
  await running.until(/INTERRUPTED/)
})
