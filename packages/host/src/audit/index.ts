export type { AuditOptions } from './audit-file.js'
export { ACCESS_CHANNEL, createDecisions, type Decisions } from './decisions.js'
