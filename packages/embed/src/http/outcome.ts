/** What comes of something once, with a promise where somebody waits for it. */
export class Outcome<T> {
  #settled: { readonly value: T } | { readonly error: unknown } | undefined
  #promise: Promise<T> | undefined
  #tell: { readonly resolve: (value: T) => void; readonly reject: (error: unknown) => void } | undefined

  /** The first counts. */
  resolve(value: T): void {
    if (this.#settled !== undefined) return
    this.#settled = { value }
    this.#tell?.resolve(value)
  }

  reject(error: unknown): void {
    if (this.#settled !== undefined) return
    this.#settled = { error }
    this.#tell?.reject(error)
  }

  /** Where it is settled already. @throws what it was rejected with */
  now(): T | undefined {
    const settled = this.#settled
    if (settled === undefined) return undefined
    if ('error' in settled) throw settled.error
    return settled.value
  }

  get promise(): Promise<T> {
    this.#promise ??= this.#promised()
    return this.#promise
  }

  #promised(): Promise<T> {
    const settled = this.#settled
    const promise =
      settled === undefined
        ? new Promise<T>((resolve, reject) => {
            this.#tell = { resolve, reject }
          })
        : 'error' in settled
          ? Promise.reject(settled.error)
          : Promise.resolve(settled.value)
    // Whoever cancelled it does not wait for it.
    promise.catch(() => {})
    return promise
  }
}
