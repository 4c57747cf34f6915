/** How many requests and sockets a plugin has open, in all of its threads. */
export class ConnectionCount {
  #open = 0

  isFull(most: number): boolean {
    return this.#open >= most
  }

  add(): void {
    this.#open++
  }

  remove(): void {
    this.#open--
  }
}
