/** What decides and what is shared, without the interfaces that a plugin sees and without a schema. */
export { type Awaitable, chain, lastly, rescue, unawaited } from './awaitable.js'
export { answerRules, type RuleAnswers, type RuleQuestion } from './grants/asked-rules.js'
export { createGate } from './grants/gate.js'
export { type GrantVersion, LiveGrants } from './grants/live-grants.js'
export { RuleState } from './grants/rule-state.js'
export { sharedMemory } from './shared-memory.js'
export { fsError } from './volume/errno.js'
