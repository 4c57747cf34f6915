import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import { openLayout, WAITING_CHANNEL } from '@wasm-plugin/registry'
import { expect, it, onTestFinished, vi } from 'vitest'
import { artifactOf, noise, push } from './helpers/artifacts.js'
import { testFolder } from './helpers/folders.js'

const artifact = artifactOf(noise(10))

/** A layout that somebody else has locked. */
async function locked(holder: object) {
  const folder = testFolder()
  const inside = path.join(folder, 'acme/render/.wasm-plugin')
  await mkdir(inside, { recursive: true })
  const lock = path.join(inside, 'lock')
  await writeFile(lock, JSON.stringify(holder))
  return { lock, repository: openLayout({ folder, path: 'acme/render' }) }
}

it('waits for a lock that is held, and says in the end who has it', async () => {
  const { lock, repository } = await locked({ pid: process.pid, host: hostname(), id: 'other' })
  let now = performance.now()
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 20_000))
  onTestFinished(() => clock.mockRestore())
  await expect(push(repository, artifact, '1.0.0')).rejects.toMatchObject({
    code: 'FOLDER_BUSY',
    message: expect.stringMatching(`process ${process.pid} has kept ${lock} for more than`),
  })
  expect(await readFile(lock, 'utf8')).toContain('other')
})

it('says once who holds it up, when that has lasted for a second', async () => {
  const { lock, repository } = await locked({ pid: 7, host: 'builder-3', id: 'other' })
  const heard: unknown[] = []
  const stop = new AbortController()
  const hear = (message: unknown) => {
    heard.push(message)
    if (heard.length === 1) setImmediate(() => stop.abort(new Error('heard')))
  }
  subscribe(WAITING_CHANNEL, hear)
  onTestFinished(() => void unsubscribe(WAITING_CHANNEL, hear))
  const waiting = repository.putManifest(artifact.manifest, { tag: '1.0.0', signal: stop.signal })
  await expect(waiting).rejects.toThrow()
  expect(heard).toEqual([{ file: lock, holder: 'process 7 of builder-3' }])
})

it('waits no longer than it is told to', async () => {
  const { repository } = await locked({ pid: process.pid, host: hostname() })
  await push(openLayout({ folder: testFolder(), path: 'acme/render' }), artifact, '1.0.0')
  const signal = AbortSignal.abort(new Error('stopped'))
  await expect(repository.putManifest(artifact.manifest, { signal })).rejects.toThrow()
})

it('takes over a lock of a process that has ended, and one of half a line that is old', async () => {
  const dead = await locked({ pid: 2 ** 22 + 7, host: hostname() })
  await push(dead.repository, artifact, '1.0.0')
  expect(await dead.repository.tags()).toEqual(['1.0.0'])
  const torn = await locked({})
  for (const text of ['', '{"pid":', '{"pid":1,"host":"\\u001b[2J"}']) {
    await writeFile(torn.lock, text)
    // Longer than anybody takes for one line, and less than a lock is believed.
    const before = new Date(Date.now() - 3_000)
    await utimes(torn.lock, before, before)
    await push(torn.repository, artifact, '1.0.0')
  }
  expect(await torn.repository.tags()).toEqual(['1.0.0'])
})

it('says of a lock that another machine holds which one that is', async () => {
  const { repository } = await locked({ pid: 7, host: 'builder-3', id: 'other' })
  let now = performance.now()
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 20_000))
  onTestFinished(() => clock.mockRestore())
  await expect(push(repository, artifact, '1.0.0')).rejects.toMatchObject({
    code: 'FOLDER_BUSY',
    message: expect.stringContaining('process 7 of builder-3 has kept'),
  })
})
