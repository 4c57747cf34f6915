export { encodeError, type WireError } from './errors/wire-error.js'
export { Patience } from './lane/patience.js'
export { ThreadLane } from './lane/thread-lane.js'
export { atOnce, inTurns, turn } from './turn.js'
export type {
  AnsweredMessage,
  HostRequest,
  Outcome,
  ThreadEvent,
  ThreadInit,
  ToThread,
} from './wire/messages.js'
export { type Packing, type Parcel, type Piece, pack, unpack } from './wire/pieces.js'
export { createInstances, type Instances, type InstancesContext } from './worker/instances.js'
