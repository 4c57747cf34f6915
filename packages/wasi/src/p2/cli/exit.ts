import { errors } from '../../errors/plugin-codes.js'

/** `wasi:cli/exit`: the end of this instance, and of nothing else. */
export const exit = Object.freeze({
  exit(status: { tag: 'ok' | 'err' }): never {
    throw errors.PLUGIN_EXITED({ status: status.tag === 'ok' ? 0 : 1 })
  },
  exitWithCode(status: number): never {
    throw errors.PLUGIN_EXITED({ status })
  },
})
