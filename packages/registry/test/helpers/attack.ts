import { it } from 'vitest'

/**
 * A test that holds an attack. `node scripts/security-docs.mjs` makes the tables of `docs/security.md` of these calls,
 * so the first three arguments are plain strings: a unique id, what is tried, and what comes of it.
 */
export function attack(
  id: `G${number}`,
  attempt: string,
  outcome: string,
  run: () => unknown,
  timeout = 120_000,
): void {
  it(`${id}: ${attempt}: ${outcome}`, { timeout }, async () => {
    await run()
  })
}
