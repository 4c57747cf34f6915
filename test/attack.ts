import { it } from 'vitest'

/**
 * Files, network, identity, the application's own JavaScript, resources, what people read and build with who is answered, registries and
 * packages, pages, debug information: the classes of `docs/security.md`.
 */
type AttackId = `${'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I'}${number}`

/**
 * A test that holds an attack. `node scripts/security-docs.mjs` makes the tables of `docs/security.md` of these calls,
 * so the first three arguments are plain strings: a unique id, what the plugin tries, and what comes of it.
 */
export function attack(
  id: AttackId,
  attempt: string,
  outcome: string,
  run: () => unknown,
  timeout = 120_000,
): void {
  it(`${id}: ${attempt}: ${outcome}`, { timeout }, async () => {
    await run()
  })
}
