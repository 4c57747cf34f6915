import { describe, expect } from 'vitest'
import { LookupQueue } from '../../src/services/net/lookup-queue.js'
import { attack } from '../helpers/attack.js'

describe('names whose server never answers', () => {
  attack(
    'B80',
    'Looks up names that are never answered, and is ended and called again',
    'one lookup is under way at a time, and those of threads that have ended are never begun: the application keeps its own',
    async () => {
      const asked: string[] = []
      let answerFirst = () => {}
      const queue = new LookupQueue((host) => {
        asked.push(host)
        if (host !== 'silent.example') return Promise.resolve([{ address: '192.0.2.1', family: 4 }])
        return new Promise((_, reject) => {
          answerFirst = () => reject(new Error('ETIMEOUT'))
        })
      })
      let isOpen = true
      const first = queue.ask('silent.example', () => isOpen)
      const ended = [1, 2, 3].map((n) => queue.ask(`ended-${n}.example`, () => isOpen))
      const next = queue.ask('next.example', () => true)
      await new Promise(setImmediate)
      expect(asked).toEqual(['silent.example'])

      isOpen = false
      answerFirst()
      await expect(first).rejects.toThrow('ETIMEOUT')
      for (const lookup of ended) await expect(lookup).rejects.toMatchObject({ code: 'ECANCELLED' })
      expect(await next).toEqual([{ address: '192.0.2.1', family: 4 }])
      expect(asked).toEqual(['silent.example', 'next.example'])
    },
  )
})
