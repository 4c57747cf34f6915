import { inTurns, type Parcel, type Piece, unpack } from '@wasm-plugin/embed/wire'

/** Puts together what a thread sends in pieces, which come before the message that they belong to. */
export class Inbox {
  #pieces: Piece[] = []

  add(piece: Piece): void {
    this.#pieces.push(piece)
  }

  /** To be called when the message arrives; it is whole some turns later. */
  async take<T extends object>(parcel: Parcel<T>): Promise<T> {
    const pieces = this.#pieces
    this.#pieces = []
    return (await inTurns(unpack(parcel, () => pieces.shift()))) as T
  }
}
