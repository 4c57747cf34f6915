import { tooLarge } from './room.js'
import {
  OBJECT,
  TRANSFERRED_BYTES,
  TYPED_ARRAY,
  weigh,
  weightOfBytes,
  weightOfLeaf,
  weightOfName,
} from './weight.js'

/** A message of which large lists and texts have gone ahead in pieces, none of which takes long to take in. */
export interface Parcel<T> {
  readonly content: T
  /** Where they belong. */
  readonly holes: readonly Hole[]
  /** How many pieces have gone ahead. */
  readonly pieces: number
}

export interface Piece {
  /** Number of the list or text that it continues. */
  readonly whole: number
  readonly part: readonly unknown[] | string
  readonly holes: readonly Hole[]
}

/** A place that waits for a whole. The holder is known by its identity, which a message keeps. */
export interface Hole {
  readonly holder: object
  readonly key: string | number
  readonly whole: number
}

/** Weight of one piece: a millisecond or two of the thread that takes it in. */
export const PIECE = 16_384
/** UTF-16 units of text that weigh as much. */
const TEXT_PIECE = PIECE * 32
/** UTF-16 units of text from which it goes in pieces of its own. */
const LONG_TEXT = 32_768
/** Weight of what is around a value from which little of it stays there: no piece is much more than `PIECE`. */
const FULL = PIECE / 4
/** UTF-16 units of text from which it goes in pieces of its own even so. */
const SHORT_TEXT = 1_024
/** What a hole weighs in the piece that has it. */
const HOLE = 8
/** Weight up to which a value is sent as it is, and looked at in one step. */
const SMALL = 256
/** No type is as deep as this, so a value that is has no end. */
const MAX_DEPTH = 500

export type PostPiece = (piece: Piece, transfer: ArrayBuffer[]) => void

export interface Packing {
  readonly post: PostPiece
  /** Hand memory over: what is sent must be the sender's own. */
  readonly transfers: boolean
  /** Most that all of it may weigh. */
  readonly max: number
}

/**
 * Cuts what `content` holds, which stays as it is, in steps.
 *
 * @throws {VALUE_TOO_LARGE}
 */
export function* pack<T extends object>(content: T, packing: Packing): Generator<void, Packed<T>> {
  const { max } = packing
  const weight = weigh(content, Math.min(PIECE, max))
  if (weight > max) throw tooLarge(max)
  if (weight <= PIECE) return { parcel: { content, holes: [], pieces: 0 }, transfer: [] }
  const cutter = new Cutter(packing)
  const copy = yield* cutter.object(content, 0)
  const { holes, transfer } = cutter.takeLoose()
  return { parcel: { content: copy.item as T, holes, pieces: cutter.pieces }, transfer }
}

export interface Packed<T> {
  readonly parcel: Parcel<T>
  readonly transfer: ArrayBuffer[]
}

/**
 * Puts a message together again, in steps; `take` gives the pieces in the order they were sent. Undefined when one is
 * missing, because its sender has ended.
 */
export function* unpack<T extends object>(
  { content, holes, pieces }: Parcel<T>,
  take: () => Piece | undefined,
): Generator<void, T | undefined> {
  const wholes = new Map<number, unknown[] | string>()
  const fill = ({ holder, key, whole }: Hole) => {
    Reflect.set(holder, key, wholes.get(whole))
    wholes.delete(whole)
  }
  for (let taken = 0; taken < pieces; taken++) {
    yield
    const piece = take()
    if (piece === undefined) return undefined
    const { whole, part, holes } = piece
    holes.forEach(fill)
    const before = wholes.get(whole)
    if (typeof part === 'string') wholes.set(whole, `${before ?? ''}${part}`)
    else if (Array.isArray(before)) for (const item of part) before.push(item)
    else wholes.set(whole, [...part])
  }
  holes.forEach(fill)
  return content
}

/** Where a value will be in what is sent, and in how many others. */
interface Place {
  readonly holder: object
  readonly key: string | number
  readonly depth: number
  /** Weight of what will be sent with it. */
  readonly around: number
}

/** What is left of a value where it was, and what that weighs. */
interface Left {
  readonly item: unknown
  readonly weight: number
}

class Cutter {
  pieces = 0
  readonly #packing: Packing
  #wholes = 0
  #weight = 0
  /** Of what no piece has taken yet. */
  readonly #holes: Hole[] = []
  readonly #transfer: ArrayBuffer[] = []

  constructor(packing: Packing) {
    this.#packing = packing
  }

  /** What was left loose since. */
  takeLoose(since: Mark = { holes: 0, transfer: 0 }): { holes: Hole[]; transfer: ArrayBuffer[] } {
    return { holes: this.#holes.splice(since.holes), transfer: this.#transfer.splice(since.transfer) }
  }

  /** A copy, of which large lists and texts have been sent. */
  *object(value: object, depth: number, around = 0): Generator<void, Left> {
    const copy = {}
    let weight = this.#count(OBJECT)
    for (const [key, item] of Object.entries(value)) {
      const left = yield* this.#member(item, { holder: copy, key, depth, around: around + weight })
      weight += this.#count(weightOfName(key)) + left.weight
      // An own property, whatever it is called.
      Object.defineProperty(copy, key, { value: left.item, ...PLAIN })
    }
    return { item: copy, weight }
  }

  *#member(item: unknown, place: Place): Generator<void, Left> {
    const small = this.#small(item, place.around > FULL ? SHORT_TEXT : LONG_TEXT)
    return small === undefined ? yield* this.#large(item, place) : { item, weight: small }
  }

  /** The weight of what is sent as it is; undefined for what is not. */
  #small(item: unknown, longText = LONG_TEXT): number | undefined {
    if (typeof item === 'string' && item.length > longText) return undefined
    if (typeof item !== 'object' || item === null) return this.#count(weightOfLeaf(item))
    const weight = weigh(item, SMALL)
    return weight > SMALL ? undefined : this.#count(weight)
  }

  *#large(item: unknown, place: Place): Generator<void, Left> {
    if (place.depth > MAX_DEPTH) throw tooLarge(this.#packing.max)
    yield
    if (typeof item === 'string') return this.#leave(place, yield* this.#text(item))
    if (ArrayBuffer.isView(item)) return this.#bytes(item)
    return yield* Array.isArray(item)
      ? this.#list(item, place)
      : this.object(item as object, place.depth + 1, place.around)
  }

  /** Sends a list that is more than one piece; a smaller one stays where it is. */
  *#list(items: readonly unknown[], place: Place): Generator<void, Left> {
    // What was cut before belongs to the piece around this list.
    const around: Mark = { holes: this.#holes.length, transfer: this.#transfer.length }
    let whole: number | undefined
    let part: unknown[] = []
    let weight = this.#count(OBJECT)
    const send = () => {
      whole ??= this.#wholes++
      const { holes, transfer } = this.takeLoose(around)
      this.#send({ whole, part, holes }, transfer)
      part = []
      weight = 0
    }
    for (const item of items) {
      const small = this.#small(item)
      if (small === undefined) {
        const left = yield* this.#large(item, {
          ...{ holder: part, key: part.length, depth: place.depth + 1 },
          around: weight + (whole === undefined ? place.around : 0),
        })
        part.push(left.item)
        weight += left.weight
      } else {
        part.push(item)
        weight += small
      }
      if (weight < PIECE) continue
      send()
      yield
    }
    const staying = place.around > FULL ? SMALL : PIECE / 2
    if (whole === undefined && weight <= staying) return { item: part, weight }
    if (part.length > 0) send()
    return this.#leave(place, whole as number)
  }

  *#text(text: string): Generator<void, number> {
    const whole = this.#wholes++
    this.#count(weightOfLeaf(text))
    for (let at = 0; at < text.length; at += TEXT_PIECE) {
      this.#send({ whole, part: text.slice(at, at + TEXT_PIECE), holes: [] }, [])
      yield
    }
    return whole
  }

  #bytes(view: ArrayBufferView): Left {
    const { buffer, byteLength } = view
    // Shared memory is not sent.
    const weight = this.#count(TYPED_ARRAY + (buffer instanceof ArrayBuffer ? weightOfBytes(byteLength) : 0))
    if (!this.#packing.transfers || byteLength < TRANSFERRED_BYTES || buffer.byteLength !== byteLength)
      return { item: view, weight }
    if (buffer instanceof ArrayBuffer) this.#transfer.push(buffer)
    return { item: view, weight: TYPED_ARRAY }
  }

  #leave({ holder, key }: Place, whole: number): Left {
    this.#holes.push({ holder, key, whole })
    return { item: undefined, weight: HOLE }
  }

  #count(weight: number): number {
    this.#weight += weight
    const { max } = this.#packing
    if (this.#weight > max) throw tooLarge(max)
    return weight
  }

  #send(piece: Piece, transfer: ArrayBuffer[]): void {
    this.pieces++
    this.#packing.post(piece, transfer)
  }
}

const PLAIN = { writable: true, enumerable: true, configurable: true }

interface Mark {
  readonly holes: number
  readonly transfer: number
}
