import { Spin, TurnBudget } from './spin.js'

/** Microseconds for which the application's thread looks for the next answer before it goes on. */
const SPIN_US = 15

/** Of all that it looks for and reads in one turn of its event loop, whatever the plugins. */
export const appTurn = new TurnBudget(150)

/** How the application's thread looks for one kind of thing. */
export function appSpin(): Spin {
  return new Spin(SPIN_US, appTurn)
}
