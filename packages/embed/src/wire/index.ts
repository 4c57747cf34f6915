/** How values and errors cross threads, for either end. */
export { encodeError, type WireError } from '../errors/wire-error.js'
export { atOnce, inTurns, turn } from '../turn.js'
export type {
  AnsweredMessage,
  FromThread,
  HostRequest,
  MemoryChange,
  Outcome,
  ThreadEvent,
  ThreadInit,
  ToThread,
} from './messages.js'
export { type Packing, type Parcel, type Piece, pack, unpack } from './pieces.js'
export { createRecord } from './record.js'
export { tooLarge } from './room.js'
export { handedOver } from './snapshot.js'
export { OBJECT, TYPED_ARRAY, weightOfBytes, weightOfLeaf, weightOfName } from './weight.js'
