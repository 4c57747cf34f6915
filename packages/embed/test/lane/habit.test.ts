import { Habit } from '@wasm-plugin/embed/internal'
import { expect, it } from 'vitest'

const times = (count: number, run: () => void) => {
  for (let i = 0; i < count; i++) run()
}

it('runs of a few calls are looked for, whatever the pauses between them', () => {
  const habit = new Habit()
  times(1_000, () => {
    times(2, () => habit.paid())
    habit.lost()
    expect(habit.looks).toBe(true)
  })
})

it('what comes once in a while is not looked for', () => {
  const habit = new Habit()
  times(50, () => habit.lost())
  expect(habit.looks).toBe(false)
})

it('what comes soon is looked for again, and what is lost by that more and more rarely', () => {
  const habit = new Habit()
  times(50, () => habit.lost())
  const tries: number[] = []
  for (let i = 0; i < 2_000; i++) {
    habit.missed()
    if (!habit.looks) continue
    tries.push(i)
    habit.lost(4)
  }
  const pauses = tries.slice(1).map((at, i) => at - (tries[i] as number))
  expect(pauses.slice(0, 6)).toEqual([4, 8, 16, 32, 32, 32])
})

it('a look after what was given up is a trial, until one pays', () => {
  const habit = new Habit()
  expect(habit.isTrial).toBe(false)
  times(50, () => habit.lost())
  expect(habit.isTrial).toBe(false)
  times(2, () => habit.missed())
  expect(habit.isTrial).toBe(true)
  habit.lost()
  expect(habit.isTrial).toBe(false)
  times(4, () => habit.missed())
  expect(habit.isTrial).toBe(true)
  habit.paid()
  expect(habit.isTrial).toBe(false)
})

it('one look that pays is enough to look on', () => {
  const habit = new Habit()
  times(50, () => habit.lost())
  times(2, () => habit.missed())
  habit.paid()
  habit.lost()
  expect(habit.looks).toBe(true)
})
