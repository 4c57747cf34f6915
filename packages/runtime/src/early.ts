/** What hosts take of the runtime before there is a plugin, and that is neither an error nor a text. */
export { ASYNC_DISPOSE } from './abi/dispose.js'
export { preview1 } from './binary/preview1-names.js'
export { defaultInstanceLimits } from './limits/options.js'
