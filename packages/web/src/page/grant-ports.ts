import type { GrantPorts } from '@wasm-plugin/wasi'

/** A page has no environment, and no directories that a path names; what a store is kept under is its name as it is. */
export const grantPorts: GrantPorts = {
  variable: () => undefined,
  paths: {
    join: (directory, path) => (path === '' ? directory : `${directory}/${path}`),
    absolute: (path) => path,
    real(path) {
      throw new Error(`a page has no directory "${path}"`)
    },
    place: (file) => file,
    isOrdinaryDirectory: () => false,
  },
  thread: 0,
}
