import { readFileSync } from 'node:fs'

/** Root of the package, from `src/` and from `dist/` alike. */
export const packageRoot = new URL('../', import.meta.url)

export const version = readVersion()

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8'))
  return (manifest as { version: string }).version // Our own package.json.
}
