import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { AuditFile } from '#internal'
import { attack } from './helpers/attack.js'
import { parseGrants } from './helpers/grants.js'
import { tempDir } from './helpers/wasi.js'

const disk = vi.hoisted(() => ({ free: Number.POSITIVE_INFINITY }))

/** A disk that takes what there is room for and then fails, as a real one does. */
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>()
  return {
    ...fs,
    writeSync(fd: number, bytes: Buffer, at: number) {
      if (disk.free === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
      const room = Math.min(bytes.length - at, disk.free)
      disk.free -= room
      return fs.writeSync(fd, bytes, at, room)
    },
  }
})

attack(
  'E13',
  'Fills the disk that its audit file is on',
  'lines are lost and counted; those that are there are whole',
  async () => {
    const file = join(tempDir(), 'a.jsonl')
    const losses: unknown[] = []
    const audit = AuditFile.open({ file, maxBytes: 1 << 20 }, parseGrants({}), (loss) => losses.push(loss))
    const append = async (target: string) => {
      const [operation, capability] = ['open', 'fs']
      audit.append({
        plugin: 'a',
        capability,
        operation,
        target,
        decision: 'denied',
        rule: null,
        time: 1,
      })
      await new Promise(setImmediate)
    }
    await append('/first')
    disk.free = 10
    await append('/lost in the middle')
    await append('/lost')
    disk.free = Number.POSITIVE_INFINITY
    await append('/last')
    audit.close('a')
    const [first, torn, last, counts, ...rest] = readFileSync(file, 'utf8').split('\n')
    expect(JSON.parse(first ?? '').target).toBe('/first')
    expect(torn).toHaveLength(10)
    expect(JSON.parse(last ?? '').target).toBe('/last')
    expect(JSON.parse(counts ?? '')).toMatchObject({ closed: true, lines: 2, dropped: 2 })
    expect(rest).toEqual([''])
    expect(losses).toEqual([{ file, reason: 'no space left on device' }])
  },
)

it('what waits to be written is written when the process exits', () => {
  const file = join(tempDir(), 'exit.jsonl')
  const audit = AuditFile.open({ file, maxBytes: 1 << 20 }, parseGrants({}), () => {})
  const event = {
    plugin: 'a',
    capability: 'fs',
    operation: 'open',
    decision: 'denied',
    rule: null,
    time: 1,
  } as const
  audit.append({ ...event, target: '/last' })
  expect(readFileSync(file, 'utf8')).toBe('')
  for (const listener of process.listeners('exit')) if (listener.name === 'flushOpenFiles') listener(0)
  expect(readFileSync(file, 'utf8')).toMatch(/"target":"\/last".*\n$/)
  audit.close('a')
})
