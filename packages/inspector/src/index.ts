export { inspectorErrorDocs } from './errors/index.js'
export { type Inspector, openInspector } from './open-inspector.js'
export type { InspectorOptions } from './options.js'
