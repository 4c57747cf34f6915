import { realpathSync, statfsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { threadId } from 'node:worker_threads'
import type { GrantPorts } from '@wasm-plugin/wasi'
import { ownValue } from '@wasm-plugin/wasi'
import { isPseudoFilesystem } from './directories/pseudo-filesystem.js'
import { withoutLinks } from './reach.js'

/** The environment and the files of this process. */
export const grantPorts: GrantPorts = {
  variable: (name) => ownValue(process.env, name),
  paths: {
    join,
    absolute: (path) => resolve(path),
    real: (path) => realpathSync(path),
    place: (file) => withoutLinks(file),
    isOrdinaryDirectory: (path) => statSync(path).isDirectory() && !isPseudoFilesystem(statfsSync(path).type),
  },
  thread: threadId,
}
