import { Spin, TurnBudget } from '@wasm-plugin/embed/internal'
import { expect, it } from 'vitest'

const US = 15
const never = () => false
const spin = () => new Spin(US, new TurnBudget(Number.POSITIVE_INFINITY))

it('a function whose code is new is looked for at once when it takes less than is looked, however often it took longer', () => {
  const looking = spin()
  for (let i = 0; i < 1_000; i++) {
    looking.until(never)
    looking.came(US + 100)
  }
  expect(looking.pays).toBe(false)
  looking.came(US - 1)
  expect(looking.pays).toBe(true)
})

it('a function that takes longer is looked for once in vain, until it takes less', () => {
  const looking = spin()
  let looks = 0
  const look = () => looking.until(() => ++looks < 0)
  look()
  const once = looks
  looking.came(US + 100)
  for (let i = 0; i < 100; i++) {
    look()
    looking.came(US + 100)
  }
  // What does not pay is asked for once, without looking.
  expect(looks).toBe(once + 100)
})

it('what was answered in time and not seen is looked for more and more rarely', () => {
  const looking = spin()
  let looks = 0
  for (let i = 0; i < 1_000; i++) {
    if (looking.pays) looks++
    looking.until(never)
    looking.came(US - 1)
  }
  expect(looks).toBeLessThan(50)
})

it('what is never heard of this way is looked for no more', () => {
  const looking = spin()
  for (let i = 0; i < 20; i++) looking.until(never)
  expect(looking.pays).toBe(false)
})

it('a function that asks the application for others while it is looked for is looked for again, however long it took', () => {
  const looking = spin()
  for (let i = 0; i < 10; i++) {
    let hasAsked = false
    looking.until(() => {
      if (!hasAsked) looking.extend()
      hasAsked = true
      return false
    })
    looking.came(US + 100)
  }
  expect(looking.pays).toBe(true)
})
