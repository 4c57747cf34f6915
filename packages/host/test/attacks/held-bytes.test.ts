import { describe, expect } from 'vitest'
import { attack } from '../helpers/attack.js'
import { isBuilt, loadGuest } from '../helpers/guests.js'

describe.skipIf(!isBuilt('rust'))('memory of the host behind handles', () => {
  attack(
    'E36',
    'Makes thousands of header and request objects, each as full as it may be, and drops none',
    'an error when all of them together are at the limit of the instance',
    async () => {
      const before = process.memoryUsage().rss
      for (const bomb of ['fields-bomb', 'bodies-bomb', 'paths-bomb']) {
        const { run } = await loadGuest('rust')
        // Once more: what the first call dropped is free again.
        for (const call of ['first', 'second']) {
          const bytes = Number(await run(bomb))
          expect([bomb, call, bytes]).toEqual([bomb, call, expect.any(Number)])
          expect(bytes).toBeLessThan(64 << 20)
          if (bomb !== 'paths-bomb') expect(bytes).toBeGreaterThan(1 << 20)
        }
      }
      const { run } = await loadGuest('rust')
      expect(await run('clones-bomb')).toBe('WASI_LIMIT')
      expect(process.memoryUsage().rss - before).toBeLessThan(1 << 30)
    },
  )
})
