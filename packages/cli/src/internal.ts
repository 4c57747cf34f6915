/** Pieces that have tests of their own, which import them as `#internal`. Not published. */
export { commandTable } from './commands/index.js'
export { isAtLeast, versionIn } from './doctor/ask.js'
export { checkNode } from './doctor/node.js'
export { checkRust } from './doctor/rust.js'
export {
  cliErrorDocs,
  exitOf,
  failures,
  fromSystemError,
  usageErrors,
  usageErrorTable,
} from './errors/index.js'
export type { ExitCode } from './exit-codes.js'
export { helpTopics } from './help/index.js'
export { engines, languages } from './languages/languages.js'
export { main } from './main.js'
export { describeFailure, renderFailure } from './output/failure.js'
export { createPrinter } from './output/printer.js'
export { createStyle } from './output/style.js'
export { formatBytes, formatDuration } from './output/units.js'
export { readProject } from './project/project.js'
export { projectJsonSchema } from './project/schema.js'
export { describeTransfer } from './registry/transfer.js'
export { formatJson } from './values/format.js'
export { parseValue } from './values/parse.js'
export { toHostValue } from './values/to-host.js'
export { toJsonValue } from './values/to-json.js'
export { version } from './version.js'
