import type { CoreGlobal } from '../engine-types.js'
import type { NumberType } from '../limits/index.js'
import type { ComponentState } from './instance-state.js'
import type { RuntimeResource } from './resource.js'

export interface KeptGlobal {
  readonly global: CoreGlobal
  readonly type: NumberType
}

/** What an instance keeps from one call to the next beside its memories, each in the order in which it is made. */
export class Kept {
  /** Those that its core instances change, as far as they are to be saved. */
  readonly globals: KeptGlobal[] = []
  /** Of each component instance. */
  readonly states: ComponentState[] = []
  readonly resources: RuntimeResource[] = []

  /** @param continues it goes on where another was, so nothing of it is started */
  constructor(readonly continues: boolean) {}
}
