import type { GrantPorts } from '@wasm-plugin/wasi'
import { handleAt, pathOfFolder } from './folder-handles.js'

/**
 * A page has no environment, and no directories that a path names but those that stand for handles; what a store is kept
 * under is its name as it is.
 */
export const grantPorts: GrantPorts = {
  variable: () => undefined,
  paths: {
    folder: pathOfFolder,
    join: (directory, path) => (path === '' ? directory : `${directory}/${path}`),
    absolute: (path) => path,
    real(path) {
      if (handleAt(path) === undefined) throw new Error(`a page has no directory "${path}"`)
      return path
    },
    place: (file) => file,
    // Whether one is there has to be waited for, and is when the plugin is started.
    isOrdinaryDirectory: () => true,
  },
  thread: 0,
}
