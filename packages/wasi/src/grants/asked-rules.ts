import type { FileIdentity } from './open-files.js'
import { type FileNotes, type RuleLock, RuleState } from './rule-state.js'

/** What an instance asks of the rule state of its plugin that shares no memory with it. */
export interface RuleAnswers {
  /** Waits for its turn, until no other instance is between this and `leave`. */
  enter(): void
  leave(): void
  takeEntries(account: number, count: number, quota: number): boolean
  takeBytes(account: number, bytes: number, quota: number): boolean
  giveEntries(account: number, count: number): void
  giveBytes(account: number, bytes: number): void
  used(account: number): { readonly entries: number; readonly bytes: number }
  addFile(account: number, file: FileIdentity): number | undefined
  removeFile(place: number): number
  isOpen(file: FileIdentity): boolean
  orphan(file: FileIdentity, account: number): boolean
  filesOn(account: number): FileIdentity[]
}

export type RuleQuestion = {
  [K in keyof RuleAnswers]: { readonly ask: K; readonly args: Parameters<RuleAnswers[K]> }
}[keyof RuleAnswers]

/** Blocks until the application has answered. */
export type AskRules = <K extends keyof RuleAnswers>(
  ask: K,
  ...args: Parameters<RuleAnswers[K]>
) => ReturnType<RuleAnswers[K]>

/**
 * The rule state of a plugin in another process than the application: the version, and whether anybody hears of what is
 * allowed, are in memory that is kept up to date; what is booked, the application is asked for.
 */
export class AskedRuleState extends RuleState {
  readonly #ask: AskRules

  constructor(head: SharedArrayBuffer, ask: AskRules) {
    super(head, { moves: lockBy(ask), files: notesBy(ask, { isKept: new Int32Array(head)[FILES] !== 0 }) })
    this.#ask = ask
  }

  override takeEntries(account: number, count: number, quota: number): boolean {
    return this.#ask('takeEntries', account, count, quota)
  }

  override takeBytes(account: number, bytes: number, quota: number): boolean {
    return this.#ask('takeBytes', account, bytes, quota)
  }

  override giveEntries(account: number, count: number): void {
    this.#ask('giveEntries', account, count)
  }

  override giveBytes(account: number, bytes: number): void {
    this.#ask('giveBytes', account, bytes)
  }

  override used(account: number): { readonly entries: number; readonly bytes: number } {
    return this.#ask('used', account)
  }
}

/** The application's side: everything but the turns, which are waited for. */
export function answerRules(state: RuleState, thread: number): Omit<RuleAnswers, 'enter' | 'leave'> {
  const { files } = state
  return {
    takeEntries: (account, count, quota) => state.takeEntries(account, count, quota),
    takeBytes: (account, bytes, quota) => state.takeBytes(account, bytes, quota),
    giveEntries: (account, count) => state.giveEntries(account, count),
    giveBytes: (account, bytes) => state.giveBytes(account, bytes),
    used: (account) => state.used(account),
    addFile: (account, file) => files.add(thread, account, file),
    removeFile: (place) => files.remove(place),
    isOpen: (file) => files.isOpen(file),
    orphan: (file, account) => files.orphan(file, account),
    filesOn: (account) => [...files.on(account)],
  }
}

/** Index of the word of the head that counts the files that may be noted. */
const FILES = 3

function lockBy(ask: AskRules): RuleLock {
  return {
    run(_thread, step) {
      ask('enter')
      try {
        return step()
      } finally {
        ask('leave')
      }
    },
    // Of what has ended, the application hears.
    release() {},
  }
}

function notesBy(ask: AskRules, { isKept }: { isKept: boolean }): FileNotes {
  return {
    isKept,
    add: (_thread, account, { dev, ino }) => ask('addFile', account, { dev, ino }),
    remove: (place) => ask('removeFile', place),
    isOpen: ({ dev, ino }) => ask('isOpen', { dev, ino }),
    orphan: ({ dev, ino }, account) => ask('orphan', { dev, ino }, account),
    on: (account) => ask('filesOn', account),
    release() {},
  }
}
