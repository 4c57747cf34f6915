import { Host, type LoadOptions } from '@wasm-plugin/embed'

/** Every plugin that says nothing else has a process of its own, and not a thread. */
const { load } = Host.prototype
Host.prototype.load = function (this: Host, source: never, options: LoadOptions = {}) {
  const isolation = options.isolation === 'inline' ? 'inline' : 'process'
  return load.call(this, source, { ...options, isolation } as never)
} as typeof load
