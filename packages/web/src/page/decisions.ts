import type { DecisionChannel } from '@wasm-plugin/embed'

/** There is nothing beside the events of a host. */
export const noDecisions: DecisionChannel = { hasSubscribers: false, publish() {} }
