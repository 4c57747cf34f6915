import { beforeAll, describe, expect, it } from 'vitest'
import { isWhole } from '../seed.js'
import { answersByCall, expectedByCall, run } from './src/answers.js'
import { describeEachLanguage } from './src/each-language.js'
import { buildGuest, type Guest, type GuestLanguage } from './src/guests.js'
import { embedded, runtime } from './src/places.js'
import { type Answered, writtenScripts } from './src/scripts.js'
import { wasmtime } from './src/wasmtime.js'

/** `npm test` asks them for resources of the world, CI all. */
const SHELVES = new Set<GuestLanguage>(['assemblyscript', 'c'])

const places = [runtime, embedded('worker'), embedded('inline')]
describeEachLanguage((language) => {
  describe.each([
    ['resources', 'resources'],
    ...(isWhole || SHELVES.has(language) ? [['resources of the world itself', 'shelf'] as const] : []),
  ] as const)('with %s', (_, world) => {
    const scripts = writtenScripts(world)
    let guest: Guest
    let answers: Answered[][]
    beforeAll(async () => {
      guest = await buildGuest(language, world)
      answers = await run(wasmtime, guest, scripts)
    })

    it('is a valid component, and answers in wasmtime as the contract says', () => {
      expect(answersByCall(scripts, answers)).toEqual(expectedByCall(scripts))
    })

    it.each(places)('answers the same in $name', async (place) => {
      expect(await run(place, guest, scripts)).toEqual(answers)
    })
  })
})

it('refuses a plugin on QuickJS that is given resources, which would trap', async () => {
  const built = buildGuest('ts', 'resources', 'qjs')
  await expect(built).rejects.toMatchObject({
    code: 'TYPE_UNSUPPORTED',
    data: { item: expect.stringMatching(/#(sign|split|total|\[static\]counter\.merge)$/) },
  })
})
