import path from 'node:path'
import type { Route } from '@wasm-plugin/gateway'
import type { Context } from '../command.js'
import { readPlugin } from '../component/read.js'
import { usageErrors } from '../errors/index.js'
import { countOf } from '../parse/count.js'
import { type AllowFlags, parseTimeout, toGrants } from '../run/grants.js'
import { isPackageName, readConfig, type ServeConfig } from './config.js'
import { readModules } from './modules.js'
import { type PlaceFlags, placesOf } from './places.js'

/** What the command line of `serve` says. */
export interface ServeFlags extends AllowFlags, PlaceFlags {
  readonly reuse: string | undefined
  readonly timeout: string | undefined
  readonly drain: string | undefined
  readonly watch: boolean
}

/** Of a file of routes, or of one plugin for every path. @throws {INVALID_OPTION} {OPTIONS_CONFLICT}, and those of the files */
export async function configFrom(context: Context, flags: ServeFlags): Promise<ServeConfig> {
  const read = await configBy(context, flags)
  const config = { ...read, ...placesOf(read, flags, context) }
  return flags.drain === undefined ? config : { ...config, drainMs: parseTimeout(flags.drain, '--drain') }
}

function configBy(context: Context, flags: ServeFlags): Promise<Unplaced> {
  if (flags.plugin.endsWith('.json')) return configOf(context, flags)
  return flags.plugin.endsWith('.toml') ? configOfModules(context, flags) : configFor(context, flags)
}

/** Where the file alone says where to listen. */
type Unplaced = Omit<ServeConfig, 'listen'> & Partial<Pick<ServeConfig, 'listen'>>

const ITSELF = 'the file says it of each route'
/** What a file of routes says of each of them, or what there is in the place of it. */
const OF_ROUTES = {
  ...{ 'allow-read': ITSELF, 'allow-write': ITSELF, 'allow-net': ITSELF, 'allow-env': ITSELF },
  ...{ reuse: ITSELF, timeout: ITSELF },
} as const
/** One of WAGI. */
const OF_MODULES = {
  'allow-read': 'the file has `volumes` of each module',
  'allow-write': 'the file has `volumes` of each module',
  'allow-net': 'the file has `allowed_hosts` of each module',
  reuse: 'a program answers one request, and every other has an instance of its own',
} as const

async function configOf({ cwd }: Context, flags: ServeFlags): Promise<ServeConfig> {
  refuse(OF_ROUTES, flags)
  return await readConfig(flags.plugin, cwd)
}

/** Those of WAGI. Variables are for every module, as there, and so is the time of a request, which it does not know. */
async function configOfModules(context: Context, flags: ServeFlags): Promise<Unplaced> {
  refuse(OF_MODULES, flags)
  const { cwd, progress } = context
  const { env } = toGrants(flags, context, progress.line)
  const limits = limitsOf(flags)
  const options = { cwd, env: env as Record<string, string>, warn: progress.line }
  const modules = { ...(await readModules(flags.plugin, options)), ...limits }
  return { routes: [], modules, files: modules.files }
}

/** What a file of routes says by itself. */
function refuse(reasons: Partial<Record<keyof typeof OF_ROUTES, string>>, flags: ServeFlags): void {
  for (const [option, reason] of Object.entries(reasons)) {
    const value = flags[option as keyof typeof OF_ROUTES]
    if (value === undefined || value.length === 0) continue
    throw usageErrors.OPTIONS_CONFLICT({ command: 'serve', options: [`--${option}`, flags.plugin], reason })
  }
}

/** One plugin for every path. */
async function configFor(context: Context, flags: ServeFlags): Promise<Unplaced> {
  const { cwd, progress } = context
  const grants = toGrants(flags, context, progress.line)
  const isRemote = isPackageName(flags.plugin) || /^https?:/i.test(flags.plugin)
  const plugin = isRemote
    ? flags.plugin
    : (await readPlugin({ file: flags.plugin, path: path.resolve(cwd, flags.plugin) })).bytes
  const route: Route = {
    path: '/...',
    plugin,
    name: path.basename(flags.plugin, '.wasm'),
    grants,
    ...(flags.reuse !== undefined && { reuse: countOf('--reuse', flags.reuse, Number.MAX_SAFE_INTEGER, 1) }),
    ...limitsOf(flags),
  }
  const files = isRemote ? [] : [path.resolve(cwd, flags.plugin)]
  return { routes: [route], files }
}

function limitsOf({ timeout }: ServeFlags): Pick<Route, 'limits'> {
  return timeout === undefined ? {} : { limits: { timeoutMs: parseTimeout(timeout) } }
}
