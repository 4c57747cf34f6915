import { readFileSync } from 'node:fs'

/** Root of the package, from `src/` and from `dist/` alike. */
export const packageRoot = new URL('../', import.meta.url)

/** Read when it is asked for. */
export function version(): string {
  known ??= (JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8')) as { version: string })
    .version
  return known
}

let known: string | undefined
