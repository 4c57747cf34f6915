import type { Awaitable } from '../awaitable.js'
import type { GrantVersion } from '../grants/live-grants.js'
import type { DirectoryEntry, FileStat } from '../volume/volume.js'
import type { BodyAnswer, FieldList, HttpEvent, RequestHead, ResponseAnswer } from './http.js'
import type { Datagram, Endpoint, ShutdownType, SocketEvent } from './sockets.js'

/**
 * What a plugin's thread asks of the host's thread: everything that is asynchronous, or shared by the threads of a plugin.
 * Arguments and answers are structured-cloneable. Failures travel as `ComponentError` with the code of the interface.
 */
export interface ServiceMap extends StoreServices, FolderServices {
  /** One that `isWhole` has no body, and ends with its head. @default false */
  'http.open': Service<[head: RequestHead, isWhole?: boolean], number>
  'http.write': Service<[id: number, bytes: Uint8Array], void>
  'http.end': Service<[id: number, trailers: FieldList], void>
  'http.response': Service<[id: number], ResponseAnswer>
  /** With `wait` the answer is never empty. */
  'http.read': Service<[id: number, max: number, wait: boolean], BodyAnswer>
  'http.trailers': Service<[id: number], FieldList>
  'http.ready': Service<[id: number, event: HttpEvent], boolean>
  'http.close': Service<[id: number], void>
  /** Answers when enough of so many bytes of a response were taken that more may be sent, with how many were taken. */
  'http.sent': Service<[id: number, bytes: number], number>
  'dns.resolve': Service<[name: string], string[]>
  'tcp.open': Service<[to: Endpoint], number>
  'tcp.finish': Service<[id: number], { local: Endpoint; remote: Endpoint }>
  'tcp.read': Service<[id: number, max: number, wait: boolean], Uint8Array | null>
  'tcp.write': Service<[id: number, bytes: Uint8Array], void>
  'tcp.shutdown': Service<[id: number, how: ShutdownType], void>
  'udp.open': Service<[family: 4 | 6, address: string], { id: number; local: Endpoint }>
  'udp.send': Service<[id: number, datagram: Datagram], void>
  'udp.receive': Service<[id: number, max: number], Datagram[]>
  'socket.ready': Service<[id: number, event: SocketEvent], boolean>
  'socket.close': Service<[id: number], void>
  /** Answers when one of `waits` is ready, or after `ms`. */
  'io.wait': Service<[waits: readonly RemoteWait[], ms: number | null], void>
  /** Ends every connection of the thread. */
  'net.close': Service<[], void>
  /** Answers when the events that were sent before have been taken in. */
  'events.seen': Service<[], void>
  'grants.latest': Service<[], GrantVersion>
}

/** The stores of `wasi:keyvalue`; a value that is to be kept is in its record, see `InstancePorts`. */
export interface StoreServices {
  'keyvalue.open': Service<[store: string], void>
  'keyvalue.list-keys': Service<[store: string], string[]>
  'keyvalue.get': Service<[store: string, key: string], Uint8Array | undefined>
  'keyvalue.exists': Service<[store: string, key: string], boolean>
  'keyvalue.set': Service<[store: string, key: string, record: Uint8Array], void>
  'keyvalue.delete': Service<[store: string, key: string], void>
  'keyvalue.increment': Service<[store: string, key: string, delta: bigint, type: CounterType], bigint>
  /** Whether the value was still the one that was seen, and is now the new one. */
  'keyvalue.swap': Service<
    [store: string, key: string, seen: Uint8Array | undefined, record: Uint8Array],
    boolean
  >
  'keyvalue.get-many': Service<[store: string, keys: readonly string[]], StoreEntry[]>
  'keyvalue.set-many': Service<[store: string, records: readonly (readonly [string, Uint8Array])[]], void>
  'keyvalue.delete-many': Service<[store: string, keys: readonly string[]], void>
}

/**
 * Directories that are reached from the host's thread alone: folders of a browser. A path is that of a grant and the names
 * that lead on from there; what is open has a number.
 */
export interface FolderServices {
  'folder.find': Service<[path: string], FileStat | undefined>
  'folder.list': Service<[path: string], number>
  /** The next names of a list; none at its end. */
  'folder.next': Service<[list: number], DirectoryEntry[]>
  'folder.make': Service<[path: string], void>
  'folder.remove': Service<[path: string, type: 'directory' | 'regular-file'], void>
  'folder.rename': Service<[from: string, to: string], void>
  /** With `create` a new file, which must not be there. */
  'folder.open': Service<[path: string, how: { readonly create: boolean }], FolderEntry>
  'folder.stat': Service<[file: number], FileStat>
  'folder.read': Service<[file: number, size: number, offset: number], Uint8Array>
  'folder.write': Service<[file: number, bytes: Uint8Array, offset: number], void>
  'folder.truncate': Service<[file: number, size: number], void>
  /** What was written is kept from now on. */
  'folder.sync': Service<[file: number], void>
  /** A file or a list. */
  'folder.close': Service<[id: number], void>
}

export type FolderEntry = 'directory' | { readonly id: number; readonly stat: FileStat }

/** What `keyvalue.increment` counts with: drafts differ. */
export type CounterType = 'u64' | 's64'

export type StoreEntry = [key: string, value: Uint8Array | undefined]

/** What `io.wait` waits for. */
export type RemoteWait = readonly [id: number, event: HttpEvent | SocketEvent]

interface Service<A extends readonly unknown[], R> {
  readonly args: A
  readonly result: R
}

export type ServiceName = keyof ServiceMap
export type ServiceArgs<K extends ServiceName> = ServiceMap[K]['args']
export type ServiceResult<K extends ServiceName> = ServiceMap[K]['result']

/**
 * The end that asks. Blocks until the host's thread answers, or gives a promise where the plugin is suspended instead; throws
 * what the service throws.
 */
export interface ServiceCaller {
  call<K extends ServiceName>(service: K, args: ServiceArgs<K>): Awaitable<ServiceResult<K>>
}

/** One that always blocks. */
export interface BlockingCaller extends ServiceCaller {
  call<K extends ServiceName>(service: K, args: ServiceArgs<K>): ServiceResult<K>
}

/** The end that answers, by the names of the map. Where directories are those of a system, it has none to answer for. */
export type ServiceHandlers = Handlers<Exclude<ServiceName, keyof FolderServices>> &
  Partial<Handlers<keyof FolderServices>>

type Handlers<Name extends ServiceName> = {
  readonly [K in Name]: (...args: ServiceArgs<K>) => Awaitable<ServiceResult<K>>
}

/** Those that answer at once. */
export type ImmediateHandlers = {
  readonly [K in ServiceName]?: (...args: ServiceArgs<K>) => ServiceResult<K>
}
