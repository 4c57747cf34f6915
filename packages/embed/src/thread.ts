export { errors } from './errors/index.js'
export { decodeError, encodeError, type WireError } from './errors/wire-error.js'
export { laneBuffer } from './lane/memory.js'
export { Patience } from './lane/patience.js'
export { ThreadLane } from './lane/thread-lane.js'
export { METER_NUMBERS, ThreadMeter } from './lane/thread-meter.js'
export { atOnce, hasTime, inTurns, turn } from './turn.js'
export type {
  AnsweredMessage,
  FromThread,
  Happened,
  HostRequest,
  MemoryChange,
  Outcome,
  ThreadEvent,
  ThreadInit,
  ToThread,
} from './wire/messages.js'
export { type Packing, type Parcel, type Piece, pack, unpack } from './wire/pieces.js'
export { handedOver } from './wire/snapshot.js'
export { weigh } from './wire/weight.js'
export { MAX_UNSEEN } from './worker/back-pressure.js'
export { createInstances, type Instances } from './worker/instances.js'
export type { InstancesContext } from './worker/instances-context.js'
export { lastPieces } from './worker/outbox.js'
export { type Rehearsed, rehearse } from './worker/rehearsal.js'
export { startPlugin, type ThreadEnds } from './worker/start-plugin.js'
