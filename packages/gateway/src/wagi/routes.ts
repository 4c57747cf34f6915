import { readFile } from 'node:fs/promises'
import type { Host } from '@wasm-plugin/host'
import { errors } from '../errors/index.js'
import type { Route } from '../options.js'
import { functionNames, withEntrypoint } from './module.js'
import { parseModules, type WagiModule } from './modules-file.js'

export interface WagiOptions {
  /** Runs the modules that say their routes themselves. */
  host: Host
  /** Where relative paths begin. */
  folder: string
  /** Variables of every module. @default none */
  env?: Readonly<Record<string, string>>
  /** Reads a module. @default from its file */
  read?: (file: string) => Promise<Uint8Array>
  /** Hears of keys that change nothing: files have those of other servers, and misspelt ones. @default nobody does */
  onWarning?: (text: string) => void
}

/** The function by which a module says which of its functions is for what. */
const ROUTES = '_routes'
/** Milliseconds for that, and bytes of what it says. */
const ROUTES_MS = 5_000
const ROUTES_BYTES = 64 << 10
/** Routes of one module: each is a plugin of its own. */
const MAX_ROUTES = 64

/**
 * The routes of a `modules.toml`, in the order in which they are asked: a gateway of them takes the first one that fits.
 *
 * @throws {WAGI_CONFIG_INVALID} {WAGI_ROUTES_INVALID} {WAGI_ENTRYPOINT_MISSING} {MODULE_UNREADABLE}
 */
export async function wagiRoutes(source: string, options: WagiOptions): Promise<Route[]> {
  const routes: Route[] = []
  for (const module of parseModules(source, options.folder, options.onWarning ?? (() => {}))) {
    const bytes = await readModule(module.file, options.read ?? readFile)
    routes.push(
      ...(await ownRoutes(module, bytes, options.host)).map(routed),
      routed([module.route, module.entrypoint]),
    )

    function routed([path, entrypoint]: readonly [string, string]): Route {
      return routeOf(module, { path, plugin: withEntrypoint(bytes, entrypoint), env: options.env ?? {} })
    }
  }
  return unique(routes)
}

async function readModule(file: string, read: (file: string) => Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await read(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error
    throw errors.MODULE_UNREADABLE({ reason: `${code} at ${file}` }, error)
  }
}

function routeOf(
  { argv, volumes, allowedHosts, environment, concurrency }: WagiModule,
  { path, plugin, env }: { path: string; plugin: Uint8Array; env: Readonly<Record<string, string>> },
): Route {
  return {
    path,
    plugin,
    cgi: { isWagi: true, ...(argv !== undefined && { argv }) },
    grants: {
      env: { ...env, ...environment },
      fs: volumes.map((one) => ({ ...one })),
      net: [...allowedHosts],
    },
    ...(concurrency !== undefined && { pool: { instances: Math.min(concurrency, MAX_INSTANCES) } }),
  }
}

const MAX_INSTANCES = 64

/** What a module says of itself: each line is a path below its route, and a function; what it says last counts first. */
async function ownRoutes(
  { route, file }: WagiModule,
  bytes: Uint8Array,
  host: Host,
): Promise<(readonly [path: string, entrypoint: string])[]> {
  if (!functionNames(bytes).includes(ROUTES)) return []
  const plugin = await host.load(withEntrypoint(bytes, ROUTES), { name: `${route} ${ROUTES}`, grants: {} })
  try {
    const run = plugin.run({ stdin: null, args: [], stderr: 'log', timeoutMs: ROUTES_MS })
    const { exitCode, stdout } = await run.output({ maxBytes: ROUTES_BYTES })
    const invalid = (reason: string) => errors.WAGI_ROUTES_INVALID({ file, reason })
    if (exitCode !== 0) throw invalid(`it ended with the exit code ${exitCode}`)
    const lines = new TextDecoder()
      .decode(stdout)
      .split('\n')
      .filter((line) => line.trim() !== '')
    if (lines.length === 0) throw invalid('it wrote nothing')
    if (lines.length > MAX_ROUTES) throw invalid(`it has more than ${MAX_ROUTES}`)
    const base = route.replace(/\/(\.\.\.)?$/, '')
    return lines
      .map((line) => {
        const [path, entrypoint, ...more] = line.trim().split(/\s+/)
        if (path === undefined || entrypoint === undefined || more.length > 0)
          throw invalid('each line has to be a path and the name of a function')
        return [`${base}/${path.replace(/^\//, '')}`, entrypoint] as const
      })
      .reverse()
  } finally {
    await plugin.close()
  }
}

/** Of several for the same path the first is asked, and the others never are. */
function unique(routes: readonly Route[]): Route[] {
  const seen = new Set<string>()
  return routes.filter(({ path }) => !seen.has(path) && seen.add(path))
}
