import { existsSync } from 'node:fs'
import path from 'node:path'
import { root } from './app.js'

/** This Node, and the others that are supported, where `test/engines` has them for the platform. */
export const nodes: readonly (readonly [name: string, path: string])[] = [
  ['Node 20', process.execPath] as const,
  ...['24', '26'].map((version) => [`Node ${version}`, engine(version)] as const),
].filter(([, executable]) => existsSync(executable))

function engine(version: string): string {
  return path.join(root, `test/engines/node_modules/node-${version}/bin/node`)
}
