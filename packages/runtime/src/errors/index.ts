export { errors, runtimeErrorDocs, runtimeErrorTable } from './codes.js'
export { ComponentError } from './component-error.js'
export {
  defineErrors,
  describeErrors,
  type ErrorDoc,
  type ErrorFactories,
  type ErrorRow,
} from './define.js'
export { engineErrorOf, shownEngineError, unwoundBy } from './engine-error.js'
export { type Frame, type Origin, PluginError, type PluginErrorInit } from './plugin-error.js'
