import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { WebSocket } from 'undici'

/** Set by `npm test` where there is one. */
export const firefoxPath = process.env.FIREFOX

/** A Firefox as Debian has it, which is driven by WebDriver BiDi: the driver of other tests needs one of its own. */
export class Firefox {
  readonly #process: ChildProcess
  readonly #profile: string
  readonly #session: Session

  private constructor(process: ChildProcess, profile: string, session: Session) {
    this.#process = process
    this.#profile = profile
    this.#session = session
  }

  static async launch(executable: string): Promise<Firefox> {
    const profile = await mkdtemp(path.join(tmpdir(), 'firefox-'))
    const args = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0']
    const process = spawn(executable, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    const session = await Session.open(await addressOf(process))
    await session.send('session.new', { capabilities: {} })
    await session.send('script.addPreloadScript', { functionDeclaration: PRELOAD })
    return new Firefox(process, profile, session)
  }

  /** What the script of a page gives to `answer`. */
  async visit(url: string): Promise<unknown> {
    const { context } = await this.#session.send('browsingContext.create', { type: 'tab' })
    await this.#session.send('browsingContext.navigate', { context, url, wait: 'complete' })
    const { result } = (await this.#session.send('script.evaluate', {
      expression: 'globalThis.answered',
      awaitPromise: true,
      target: { context },
    })) as { result: { value: string } }
    await this.#session.send('browsingContext.close', { context })
    return JSON.parse(result.value)
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill()
    await ended
    await rm(this.#profile, { recursive: true, force: true })
  }
}

const PRELOAD = `() => {
  globalThis.answered = new Promise((resolve, reject) => {
    globalThis.answer = (answers) => resolve(JSON.stringify(answers))
    globalThis.onerror = (message) => reject(new Error(message))
    globalThis.onunhandledrejection = ({ reason }) => reject(reason)
  })
}`

function addressOf(process: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    process.stderr?.on('data', (text) => {
      said += text
      const address = /WebDriver BiDi listening on (ws:\S+)/.exec(said)?.[1]
      if (address !== undefined) resolve(address)
    })
    process.once('error', reject)
    process.once('exit', () => reject(new Error(`Firefox ended: ${said}`)))
  })
}

type Answer = Record<string, unknown>

/** Commands and their answers, by numbers. */
class Session {
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #last = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.onmessage = ({ data }) => {
      const answer = JSON.parse(String(data))
      this.#waiting.get(answer.id)?.(answer)
      this.#waiting.delete(answer.id)
    }
  }

  static async open(address: string): Promise<Session> {
    const socket = new WebSocket(`${address}/session`)
    await new Promise((resolve, reject) => {
      socket.onopen = resolve
      socket.onerror = () => reject(new Error(`no answer at ${address}`))
    })
    return new Session(socket)
  }

  send(method: string, params: object): Promise<Answer> {
    const id = ++this.#last
    this.#socket.send(JSON.stringify({ id, method, params }))
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ type, result, message }) => {
        if (type === 'success') resolve(result as Answer)
        else reject(new Error(`${method}: ${message}`))
      })
    })
  }
}
