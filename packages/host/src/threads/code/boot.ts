/**
 * The source of the thread itself: text, since a bundled application has no file of this package. What was compiled is
 * sent once the plugin has started, so that all is in it that a start needs, and before a call may keep the thread for long.
 */
export const BOOT = `
const { parentPort, workerData } = require('node:worker_threads')
const { Script } = require('node:vm')
const { source, filename, code, isKept } = workerData.script
const script = new Script(source, { filename, cachedData: code })
script.runInThisContext()
const send = () => parentPort.postMessage({ type: 'code', code: script.createCachedData() })
if (isKept && (code === undefined || script.cachedDataRejected)) parentPort.once('message', send)
`
