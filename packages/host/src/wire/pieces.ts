import { turn } from '../turn.js'
import { OBJECT, TYPED_ARRAY, weigh, weightOfBytes, weightOfLeaf, weightOfName } from './weight.js'

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
const PIECE = 16_384
/** UTF-16 units of text that weigh as much. */
const TEXT_PIECE = PIECE * 32
/** What a hole weighs in the piece that has it. */
const HOLE = 8
/** Bytes from which handing memory over is less work than copying it. */
const TRANSFERRED_BYTES = 16 << 10

export type PostPiece = (piece: Piece, transfer: ArrayBuffer[]) => void

/** Cuts what `content` holds; it must be the sender's own, and is not whole any more afterwards. */
export function pack<T extends object>(content: T, post: PostPiece): Packed<T> {
  if (weigh(content, PIECE) <= PIECE) return { parcel: { content, holes: [], pieces: 0 }, transfer: [] }
  const cutter = new Cutter(post)
  cutter.object(content)
  const { holes, transfer } = cutter.takeLoose()
  return { parcel: { content, holes, pieces: cutter.pieces }, transfer }
}

interface Packed<T> {
  readonly parcel: Parcel<T>
  readonly transfer: ArrayBuffer[]
}

/** Puts a message together again, in turns of the event loop; `take` gives the pieces in the order they were sent. */
export async function unpack<T>(
  { content, holes, pieces }: Parcel<T>,
  take: () => Piece | undefined,
): Promise<T> {
  const wholes = new Map<number, unknown[] | string>()
  const fill = ({ holder, key, whole }: Hole) => {
    Reflect.set(holder, key, wholes.get(whole))
    wholes.delete(whole)
  }
  for (let taken = 0; taken < pieces; taken++) {
    await turn()
    const { whole, part, holes } = take() ?? (await never())
    holes.forEach(fill)
    const before = wholes.get(whole)
    if (typeof part === 'string') wholes.set(whole, `${before ?? ''}${part}`)
    else if (Array.isArray(before)) for (const item of part) before.push(item)
    else wholes.set(whole, [...part])
  }
  holes.forEach(fill)
  return content
}

/** The thread has been ended, and nobody waits for what it sent. */
function never(): Promise<Piece> {
  return new Promise(() => {})
}

class Cutter {
  pieces = 0
  readonly #post: PostPiece
  #wholes = 0
  /** Of what no piece has taken yet. */
  readonly #holes: Hole[] = []
  readonly #transfer: ArrayBuffer[] = []

  constructor(post: PostPiece) {
    this.#post = post
  }

  /** What was left loose since. */
  takeLoose(since: Mark = { holes: 0, transfer: 0 }): { holes: Hole[]; transfer: ArrayBuffer[] } {
    return { holes: this.#holes.splice(since.holes), transfer: this.#transfer.splice(since.transfer) }
  }

  /** Returns the weight of what is left in it. */
  object(value: object): number {
    let weight = OBJECT
    for (const [key, item] of Object.entries(value))
      weight += weightOfName(key) + this.#member(value, key, item)
    return weight
  }

  #member(holder: object, key: string | number, item: unknown): number {
    if (typeof item === 'string' && item.length > TEXT_PIECE)
      return this.#leave(holder, key, this.#text(item))
    if (typeof item !== 'object' || item === null) return weightOfLeaf(item)
    if (ArrayBuffer.isView(item)) return this.#bytes(item)
    if (!Array.isArray(item)) return this.object(item)
    const { whole, weight } = this.#list(item)
    return whole === undefined ? weight : this.#leave(holder, key, whole)
  }

  #leave(holder: object, key: string | number, whole: number): number {
    Reflect.set(holder, key, undefined)
    this.#holes.push({ holder, key, whole })
    return HOLE
  }

  #bytes(view: ArrayBufferView): number {
    const { buffer, byteLength } = view
    if (byteLength < TRANSFERRED_BYTES) return TYPED_ARRAY + weightOfBytes(byteLength)
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) this.#transfer.push(buffer)
    return TYPED_ARRAY
  }

  /** Sends a list that is more than one piece; a smaller one stays where it is. */
  #list(items: unknown[]): { whole: number | undefined; weight: number } {
    // What was cut before belongs to the piece around this list.
    const around: Mark = { holes: this.#holes.length, transfer: this.#transfer.length }
    let whole: number | undefined
    let weight = OBJECT
    let from = 0
    const send = (to: number) => {
      whole ??= this.#wholes++
      const part = items.slice(from, to)
      const { holes, transfer } = this.takeLoose(around)
      const inPart = (hole: Hole) =>
        hole.holder === items ? { ...hole, holder: part, key: Number(hole.key) - from } : hole
      this.#send({ whole, part, holes: holes.map(inPart) }, transfer)
      from = to
      weight = 0
    }
    for (let i = 0; i < items.length; i++) {
      weight += this.#member(items, i, items[i])
      if (weight >= PIECE) send(i + 1)
    }
    if (whole !== undefined && from < items.length) send(items.length)
    return { whole, weight }
  }

  #text(text: string): number {
    const whole = this.#wholes++
    for (let at = 0; at < text.length; at += TEXT_PIECE)
      this.#send({ whole, part: text.slice(at, at + TEXT_PIECE), holes: [] }, [])
    return whole
  }

  #send(piece: Piece, transfer: ArrayBuffer[]): void {
    this.pieces++
    this.#post(piece, transfer)
  }
}

interface Mark {
  readonly holes: number
  readonly transfer: number
}
