/** What the page is told, one of these on each line of the stream. Every text of it is ready to be shown. */
export type Told = Hello | Tick

/** The first line. */
export interface Hello {
  readonly kind: 'hello'
  readonly readOnly: boolean
  /** Entries that are sent in a second, at most. */
  readonly eventsPerSecond: number
}

/** What has happened since the line before it. */
export interface Tick {
  readonly kind: 'tick'
  /** Milliseconds since 1970. */
  readonly at: number
  readonly host: HostRow
  /** Plugins that are new, or of which a figure has changed. */
  readonly rows: readonly Row[]
  /** Numbers of those that are not loaded any more. */
  readonly gone: readonly number[]
  readonly entries: readonly Entry[]
  /** Events since the line before, and how many of those are not among `entries`. */
  readonly events: number
  readonly leftOut: number
}

export interface HostRow {
  readonly plugins: number
  readonly instances: number
  readonly threads: number
  readonly processes: number
  readonly memoryBytes: number
  readonly calls: number
  readonly failures: number
  readonly waiting: number
}

/** A plugin, and how busy it is. */
export interface Row {
  /** By which it is asked about: a name may be that of another plugin by then. */
  readonly number: number
  readonly name: string
  readonly version: string | null
  readonly digest: string
  readonly state: PluginState
  readonly instances: number
  readonly waiting: number
  readonly memoryBytes: number
  readonly calls: number
  readonly failures: number
  readonly denials: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** `suspended`: it takes no calls for some time. `trying`: one call decides whether others are let in. */
export type PluginState = 'idle' | 'running' | 'waiting' | 'suspended' | 'trying'

export type Entry = UseEntry | CallEntry | LogEntry | FaultEntry | LifeEntry

interface AnyEntry {
  /** Rises with the events of the host. */
  readonly sequence: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly plugin: string
}

/** A use of a capability. */
export interface UseEntry extends AnyEntry {
  readonly kind: 'use'
  readonly capability: string
  readonly operation: string
  readonly target: string
  readonly isAllowed: boolean
  readonly rule: string | null
  readonly reason: string | null
  readonly call: number | null
}

/** A call that is over. */
export interface CallEntry extends AnyEntry {
  readonly kind: 'call'
  readonly call: number
  readonly export: string
  /** Milliseconds; `at` is its end. */
  readonly durationMs: number
  /** Of those, the ones in which it waited for an instance. */
  readonly waitedMs: number
  /** Of those, the ones in which the plugin waited for the application. */
  readonly hostMs: number
  readonly error: ShownError | null
}

/** A line that a plugin wrote. */
export interface LogEntry extends AnyEntry {
  readonly kind: 'log'
  readonly level: string
  readonly stream: string
  readonly message: string
  readonly call: number | null
}

/** An instance ended abnormally, or a limit ended a call. */
export interface FaultEntry extends AnyEntry {
  readonly kind: 'fault'
  readonly fault: string
  readonly call: number
  readonly export: string
  readonly error: ShownError
  /** Innermost first. */
  readonly frames: readonly { readonly function: string; readonly place: string }[]
}

/** A plugin was loaded, updated, suspended, closed, … */
export interface LifeEntry extends AnyEntry {
  readonly kind: 'life'
  /** Name of the host's event. */
  readonly event: string
  readonly text: string
  readonly isBad: boolean
}

export interface ShownError {
  readonly code: string
  readonly message: string
  readonly hint: string
}

/** All that is known of one plugin: what is answered to `detail` and to every lever. */
export interface Detail {
  readonly number: number
  readonly name: string
  readonly version: string | null
  readonly id: string | null
  readonly description: string | null
  readonly world: string | null
  readonly digest: string
  readonly signer: string | null
  /** What can be revoked, one text each. */
  readonly rules: readonly string[]
  readonly asked: readonly Asked[] | null
  /** What it asks for and no grant has a part of. */
  readonly refused: readonly Asked[]
  /** What was granted in vain. */
  readonly unasked: readonly string[]
  /** Grants as `narrow` takes them, for a person to shorten; without values of variables. */
  readonly narrowable: string
  readonly errors: readonly (readonly [code: string, count: number])[]
  readonly denials: readonly (readonly [capability: string, count: number])[]
  /** Other figures, by their names. */
  readonly figures: readonly (readonly [name: string, value: string])[]
  readonly recording: Recorded | null
}

/** A request of a manifest, and why its author asks. */
export interface Asked {
  readonly capability: string
  readonly text: string
  readonly reason: string
}

/** How much of a plugin has been recorded. */
export interface Recorded {
  readonly isOn: boolean
  readonly events: number
  /** Whether it has ended by itself, since no more is kept. */
  readonly isFull: boolean
}

/** What may be asked of the server, by its path. */
export type Ask = 'detail' | 'revoke' | 'narrow' | 'unload' | 'record' | 'update' | 'recording'
