/** How many requests and sockets a plugin has open, in all of its threads. */
export class ConnectionCount {
  readonly #most: number
  #open = 0

  constructor(most: number) {
    this.#most = most
  }

  get full(): boolean {
    return this.#open >= this.#most
  }

  add(): void {
    this.#open++
  }

  remove(): void {
    this.#open--
  }
}
