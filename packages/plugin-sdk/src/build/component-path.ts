import { join } from 'node:path'

/** Where the component of a project is written. */
export function componentPath(dir: string, name: string): string {
  return join(dir, 'dist', `${name.replace(/[^\w.-]+/g, '-')}.wasm`)
}
