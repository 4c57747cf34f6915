import type { Session } from 'node:inspector'

/** A session of the engine's inspector, of which nothing leaves the process. Node without an inspector has none. */
export class ProfilerSession {
  #session: Session | undefined

  /** @throws what keeps Node from it */
  open(connect: (session: Session) => void): Session {
    const inspector = process.getBuiltinModule?.('node:inspector')
    if (inspector === undefined) throw new Error('this Node has no inspector')
    const session = new inspector.Session()
    connect(session)
    this.#session = session
    return session
  }

  post(method: string, params?: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const session = this.#session
      if (session === undefined) return reject(new Error('the session is over'))
      session.post(method, params, (error: Error | null, result?: object) =>
        error === null ? resolve(result) : reject(error),
      )
    })
  }

  /** Node would wait for it when the process ends. */
  close(): void {
    this.#session?.disconnect()
    this.#session = undefined
  }
}
