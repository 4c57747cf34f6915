import { beforeAll, expect, it } from 'vitest'
import { isWhole, SEED, tries } from '../seed.js'
import { answersByCall, expectedByCall, run } from './src/answers.js'
import { describeEachLanguage } from './src/each-language.js'
import { buildGuest, type Guest } from './src/guests.js'
import { embedded, jco, runtime } from './src/places.js'
import { type Answered, type Call, randomScript, type Script, writtenScripts } from './src/scripts.js'
import { wasmtime } from './src/wasmtime.js'

const places = [runtime, embedded('worker'), embedded('inline')]
describeEachLanguage((language) => {
  let guest: Guest
  let scripts: Script[]
  let answers: Answered[][]
  beforeAll(async () => {
    guest = await buildGuest(language, 'values')
    scripts = [...writtenScripts('values'), await randomScript(guest.bytes, 20_261_121 + SEED, tries(20))]
    answers = await run(wasmtime, guest, scripts)
  })

  it('is a valid component, and answers in wasmtime as the contract says', () => {
    expect(answersByCall(scripts, answers)).toEqual(expectedByCall(scripts))
  })

  it.each(places)('answers the same in $name', async (place) => {
    expect(await run(place, guest, scripts)).toEqual(answers)
  })

  it.runIf(isWhole)(
    'answers the same through jco, which takes a byte order mark from the front of strings',
    async () => {
      const isPlain = (call: Call) => !JSON.stringify(call).includes('\ufeff')
      const others = scripts.map((script) => ({ ...script, calls: script.calls.filter(isPlain) }))
      const expected = scripts.map(({ calls }, i) => answers[i]!.filter((_, k) => isPlain(calls[k]!)))
      expect(await run(jco, guest, others)).toEqual(expected)
    },
  )
})
