import type { CoreMemory } from '../engine-types.js'

/**
 * Views of one linear memory. `memory.grow` detaches the buffer, which makes `bytes.length` 0: comparing lengths is far
 * cheaper than reading `memory.buffer`, so every lift and lower calls `sync` first and after each call of guest code.
 */
export class GuestMemory {
  bytes: Uint8Array = EMPTY
  view: DataView = EMPTY_VIEW

  constructor(readonly memory: CoreMemory | null) {}

  sync(): void {
    if (this.bytes.length === 0 && this.memory !== null) {
      this.bytes = new Uint8Array(this.memory.buffer)
      this.view = new DataView(this.memory.buffer)
    }
  }
}

const EMPTY = new Uint8Array(0)
const EMPTY_VIEW = new DataView(EMPTY.buffer)
