/** How many requests and sockets a plugin has open, in all of its threads. */
export class ConnectionCount {
  #open = 0

  isFull(most: number): boolean {
    return this.#open >= most
  }

  /** Counts one more. The answer, which may be called more than once, says that it is over. */
  add(): () => void {
    this.#open++
    let open = true
    return () => {
      if (open) this.#open--
      open = false
    }
  }
}
