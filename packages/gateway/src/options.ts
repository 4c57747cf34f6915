import type { Host, Isolation, PluginSource, ThreadLoadOptions } from '@wasm-plugin/host'
import * as z from '@wasm-plugin/manifest/shape'
import { checkShape } from '@wasm-plugin/manifest/shape'
import { errors } from './errors/index.js'
import type { AccessEntry } from './log/access-entry.js'

/** Requests that one plugin answers. What is not said here is as in `load` of the host. */
export interface Route extends Omit<ThreadLoadOptions, 'signal' | 'isolation'> {
  /**
   * `/hello` is this path alone, `/files/...` everything below as well, `/users/:id` has one segment of any name. The more a
   * path says, the sooner it counts. It is compared with what the client sent: nothing is decoded.
   */
  path: string
  /** Of the client's `host` field, without the port. @default every name that no other route has */
  host?: string
  /** A file, a URL, bytes, or the name of a package where the host has a registry. */
  plugin: PluginSource
  /**
   * Requests that an instance answers before a fresh one takes its place. One request sees nothing of another where it is
   * one; a plugin that is slow to start answers more with a larger number. @default 1
   */
  reuse?: number
  /**
   * Where the plugin runs. `inline` is the fastest for handlers that answer from what they know, and holds everybody while it
   * does, for as long as `limits.fuel` allows; the network is denied. A program cannot be. @default 'worker'
   */
  isolation?: Isolation
  /** How a plugin is asked that is a program. */
  cgi?: CgiOptions
  /**
   * Bytes that the body of a request may have. Where the plugin is `inline` it is read before. @default no limit, as a plugin
   * reads what it wants; 64 KiB where it is inline
   */
  maxBodyBytes?: number
}

/** Of a route whose plugin is a program: it is asked by CGI/1.1. */
export interface CgiOptions {
  /** Arguments, in which `${SCRIPT_NAME}` is the path and `${ARGS}` are the parts of the query. @default `${SCRIPT_NAME} ${ARGS}` */
  argv?: string
  /** A response has to have a type, a status or a location. @default false */
  isWagi?: boolean
}

export interface GatewayOptions {
  /** Loads the plugins of the routes. It stays open when the gateway is closed. */
  host: Host
  routes: readonly Route[]
  /** Routes are asked in the order in which they are given. @default false: the more a path says, the sooner it counts */
  inOrder?: boolean
  /**
   * Addresses, or ranges such as `10.0.0.0/8`, of proxies in front: what they say in `x-forwarded-for`, `-proto` and `-host` is
   * believed, and of nobody else. @default none
   */
  trustedProxies?: readonly string[]
  /** Called when a request was answered, or its client left. */
  onAnswered?: (entry: AccessEntry) => void
}

const positive = z.int().check(z.positive())
const isFunction = (value: unknown) => typeof value === 'function'
const isObject = (value: unknown) => typeof value === 'object' && value !== null
const PATH = /^\/[!-"$-.0->@-~/]*$/
const HOST = /^[a-z0-9._-]{1,253}$|^\[[0-9a-f:.]+\]$/

const hasNamesOnce = (path: string) => {
  const names = path
    .toLowerCase()
    .split('/')
    .filter((segment) => segment.startsWith(':'))
  return new Set(names).size === names.length
}

const routeSchema = z.looseObject({
  path: z.string().check(
    z.regex(PATH, 'expected a path that begins with "/", as clients send it, without a query'),
    z.refine((path) => !/.\.\.\.(?=.)/.test(path), '"..." is for the end of a path'),
    z.refine(
      (path) => !/\/:(?![A-Za-z][A-Za-z0-9_-]*(\/|$))/.test(path),
      'a parameter is a whole segment: "/:id"',
    ),
    z.refine(hasNamesOnce, 'two parameters have one name, in which case does not count'),
  ),
  host: z.optional(z.string().check(z.regex(HOST, 'expected a host name in small letters, without a port'))),
  plugin: z.custom<PluginSource>(
    (value) => typeof value === 'string' || isObject(value),
    'expected a plugin',
  ),
  isolation: z.optional(z.enum(['worker', 'process', 'inline'])),
  reuse: z.optional(positive),
  cgi: z.optional(z.strictObject({ argv: z.optional(z.string()), isWagi: z.optional(z.boolean()) })),
  maxBodyBytes: z.optional(z.int().check(z.nonnegative())),
})

const gatewaySchema = z.strictObject({
  host: z.custom<Host>((value) => isObject(value) && isFunction((value as Host).load), 'expected a host'),
  routes: z.array(routeSchema),
  inOrder: z.optional(z.boolean()),
  trustedProxies: z.optional(z.array(z.string())),
  onAnswered: z.optional(z.custom(isFunction, 'expected a function')),
})

/** @throws {GATEWAY_OPTIONS_INVALID} */
export function checkOptions(options: GatewayOptions): void {
  const { issue } = checkShape(gatewaySchema, options)
  if (issue === undefined) return
  const { path, reason, fix } = issue
  throw errors.GATEWAY_OPTIONS_INVALID({ path: path === '' ? 'createGateway' : path, reason, fix })
}
