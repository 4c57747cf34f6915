import type { Guest } from './guests.js'
import type { Answered, Place, Script } from './scripts.js'

/** What a plugin answers in a place, script by script. */
export function run(place: Place, guest: Guest, scripts: readonly Script[]): Promise<Answered[][]> {
  return place.run(
    guest.bytes,
    scripts.map((script) => script.calls),
  )
}

/** Each call with its answer, so that a difference shows which call it was. */
export function answersByCall(scripts: readonly Script[], answers: readonly Answered[][]) {
  return scripts.flatMap(({ calls }, i) => calls.map((call, k) => [...call, answers[i]![k]!.answer]))
}

export function expectedByCall(scripts: readonly Script[]) {
  return scripts.flatMap(({ calls, expected }) => calls.map((call, k) => [...call, expected[k]]))
}
