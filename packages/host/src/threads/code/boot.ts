/**
 * The source of the thread itself: text, since a bundled application has no file of this package. What was compiled is
 * sent once the plugin has started, so that all is in it that a start needs, and before a call may keep the thread for long.
 * The thread that makes it runs first what calls need: threads that find it have that compiled too.
 */
export const BOOT = `
const { parentPort, workerData } = require('node:worker_threads')
const { Script } = require('node:vm')
const { source, filename, code, isKept } = workerData.script
const script = new Script(Buffer.from(source.buffer).toString('latin1'), { filename, cachedData: code })
const isNew = isKept && (code === undefined || script.cachedDataRejected === true)
workerData.isWarm ||= isNew
script.runInThisContext()
const send = () => parentPort.postMessage({ type: 'code', code: script.createCachedData() })
if (isNew) parentPort.once('message', send)
`
