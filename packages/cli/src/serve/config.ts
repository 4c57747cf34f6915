import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Address, ListenOptions, Route } from '@wasm-plugin/gateway'
import * as z from '@wasm-plugin/manifest/shape'
import { checkShape } from '@wasm-plugin/manifest/shape'
import { assembleWat, isWat } from '@wasm-plugin/sdk'
import { usageErrors } from '../errors/index.js'
import type { Modules } from './modules.js'
import { unreadable } from './unreadable.js'

/** What is served, where, and for whom. */
export interface ServeConfig {
  readonly listen: readonly Address[]
  readonly routes: readonly Route[]
  /** All that is read of this machine. */
  readonly files: Iterable<string>
  /** Those of WAGI, in the place of routes. */
  readonly modules?: Modules
  /** The first route that fits is asked. */
  readonly inOrder?: boolean
  readonly trustedProxies?: readonly string[]
  /** Milliseconds that requests may go on when the command is told to end. */
  readonly drainMs?: number
  readonly limits?: ListenOptions
  /** Where Prometheus asks. */
  readonly metrics?: Address
}

const milliseconds = z.int().check(z.nonnegative(), z.maximum(2 ** 31 - 1))
/** What timers can do. */
const timeout = z.int().check(z.positive(), z.maximum(2 ** 31 - 1))
const positive = z.optional(z.int().check(z.positive()))
const port = z.int().check(z.nonnegative(), z.maximum(65_535))
/** None is empty: a path would be the folder of the file, and an address every one of the machine. */
const text = z.string().check(z.minLength(1))

/** What is in here besides paths is checked by the host, which names the route. */
const routeSchema = z.strictObject({
  path: text.check(
    z.refine((path) => path !== '/healthz' && path !== '/readyz', 'the command itself answers there'),
  ),
  host: z.optional(text),
  plugin: text,
  name: z.optional(text),
  grants: z.optional(z.unknown()),
  limits: z.optional(z.unknown()),
  pool: z.optional(z.unknown()),
  restart: z.optional(z.unknown()),
  isolation: z.optional(z.enum(['worker', 'process', 'inline'])),
  integrity: z.optional(text),
  reuse: positive,
  cgi: z.optional(z.unknown()),
  maxBodyBytes: z.optional(z.int().check(z.nonnegative())),
})

const tls = z.optional(z.strictObject({ cert: text, key: text }))

const configSchema = z.strictObject({
  $schema: z.optional(text),
  listen: z.optional(
    z
      .array(
        z.union([
          z.strictObject({ port, host: z.optional(text), tls }),
          z.strictObject({ socket: text, tls }),
        ]),
      )
      .check(z.refine((addresses) => addresses.length > 0, 'expected at least one address')),
  ),
  metrics: z.optional(z.strictObject({ port, host: z.optional(text) })),
  inOrder: z.optional(z.boolean()),
  trustedProxies: z.optional(z.array(text)),
  drainMs: z.optional(milliseconds),
  limits: z.optional(
    z.strictObject({
      maxConnections: positive,
      maxHeaderBytes: positive,
      headersTimeoutMs: z.optional(timeout),
      requestTimeoutMs: z.optional(timeout),
      keepAliveMs: z.optional(timeout),
    }),
  ),
  routes: z.array(routeSchema).check(z.refine((routes) => routes.length > 0, 'expected at least one route')),
})

/**
 * Reads a file of routes. Paths in it begin at its folder.
 *
 * @throws {PATH_NOT_FOUND} {PATH_UNREADABLE} {INVALID_SERVE_CONFIG}
 */
export async function readConfig(file: string, cwd: string): Promise<ServeConfig> {
  const where = path.resolve(cwd, file)
  const source = await readFile(where, 'utf8').catch((error) => {
    throw unreadable(error, file)
  })
  const invalid = (place: string, reason: string) =>
    usageErrors.INVALID_SERVE_CONFIG({ file, reason: place === '' ? reason : `${place}: ${reason}` })
  let json: unknown
  try {
    json = JSON.parse(source)
  } catch {
    throw invalid('', 'it is not JSON')
  }
  const { data, issue } = checkShape(configSchema, json)
  if (issue !== undefined) throw invalid(issue.path, issue.reason)
  const { $schema: _, listen = [], metrics, ...config } = data
  const folder = path.dirname(where)
  const placed = config.routes.map((route) => inFolder(route as Route, folder))
  const certificates = listen.flatMap(({ tls }) => (tls === undefined ? [] : [tls.cert, tls.key]))
  const plugins = placed.flatMap(({ plugin }) =>
    typeof plugin === 'string' && path.isAbsolute(plugin) ? [plugin] : [],
  )
  return {
    ...config,
    listen: await Promise.all(listen.map((address) => addressIn(address, folder))),
    ...(metrics && { metrics }),
    routes: await Promise.all(placed.map(assembled)),
    files: [where, ...certificates.map((one) => path.resolve(folder, one)), ...plugins],
  } as ServeConfig
}

/** `acme:render@^1.2`, which is in a registry. */
export function isPackageName(plugin: unknown): boolean {
  return typeof plugin === 'string' && /^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*(?:@.*)?$/.test(plugin)
}

type GivenAddress = NonNullable<z.infer<typeof configSchema>['listen']>[number]

/** @throws {PATH_NOT_FOUND} {PATH_UNREADABLE} */
async function addressIn({ tls, ...address }: GivenAddress, folder: string): Promise<Address> {
  const place = ('socket' in address ? { socket: path.resolve(folder, address.socket) } : address) as Address
  if (tls === undefined) return place
  const read = (file: string) =>
    readFile(path.resolve(folder, file)).catch((error) => {
      throw unreadable(error, file)
    })
  return { ...place, tls: { cert: await read(tls.cert), key: await read(tls.key) } }
}

function inFolder(route: Route, folder: string): Route {
  const { plugin, grants } = route
  const isPath = typeof plugin === 'string' && !isPackageName(plugin) && !/^(?:https?|file):/i.test(plugin)
  const fs = grants?.fs
  return {
    ...route,
    plugin: isPath ? path.resolve(folder, plugin) : plugin,
    ...(grants !== undefined &&
      Array.isArray(fs) && { grants: { ...grants, fs: fs.map((one) => grantIn(one, folder)) } }),
  }
}

/** The text of a plugin as the component that it is: a host takes no text. What is not there, the host says. @throws {WAT_SYNTAX} */
async function assembled(route: Route): Promise<Route> {
  const { plugin } = route
  if (typeof plugin !== 'string' || !path.isAbsolute(plugin) || !plugin.endsWith('.wat')) return route
  const bytes = await readFile(plugin).catch(() => undefined)
  if (bytes === undefined || !isWat(bytes)) return route
  return { ...route, plugin: await assembleWat(bytes.toString('utf8'), plugin) }
}

function grantIn<T>(grant: T, folder: string): T {
  const { path: at } = (typeof grant === 'object' && grant !== null ? grant : {}) as { path?: unknown }
  // The host refuses an empty one, which would be the folder here.
  return typeof at === 'string' && at !== '' ? { ...grant, path: path.resolve(folder, at) } : grant
}
