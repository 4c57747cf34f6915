import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MessagePort } from 'node:worker_threads'
import { expect, it, onTestFinished, vi } from 'vitest'
import { type GuestLanguage, isBuilt, loadGuest } from '../helpers/guests.js'
import { inProcesses } from '../helpers/walls.js'

/** Times that a thread may sleep until the application's has answered, for one GET. */
const MOST = 7

async function serve(body: string): Promise<string> {
  const server = createServer((_, response) => response.end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const languages: readonly GuestLanguage[] = ['rust', 'assemblyscript']

// A process is answered on no port.
it.skipIf(inProcesses).each(languages.filter(isBuilt))(
  'a GET in %s asks the application a few times',
  async (language) => {
    const url = await serve('x'.repeat(4_096))
    const { run } = await loadGuest(language, { grants: { net: [url] } })
    await run('http-get', url)
    // Everything that the application's thread posts on a port answers what a plugin's thread asks.
    const answers = vi.spyOn(MessagePort.prototype, 'postMessage')
    onTestFinished(() => answers.mockRestore())
    expect(await run('http-get', url)).toBe(`200 ${'x'.repeat(4_096)}`)
    expect(answers.mock.calls.length).toBeGreaterThan(0)
    expect(answers.mock.calls.length).toBeLessThanOrEqual(MOST)
  },
)
