import type { InlinePlugin, Plugin } from '@wasm-plugin/host'
import { errors } from '../errors/index.js'
import type { Route } from '../options.js'
import { compare, keyOf, match, type Params, type Pattern, patternOf, segmentsOf } from './pattern.js'

/** A route that is served. */
export interface LiveRoute {
  /** As it was given, with its host name: for logs. */
  readonly label: string
  readonly route: Route
  readonly plugin: Plugin | InlinePlugin
  /** How it is asked. */
  readonly kind: 'handler' | 'program'
  /** It answers in this thread. */
  readonly isInline: boolean
}

export interface Match {
  readonly live: LiveRoute
  readonly params: Params
}

interface Row {
  readonly live: LiveRoute
  readonly host: string | undefined
  readonly pattern: Pattern
}

/** Routes in the order in which they are asked. */
export class RouteTable {
  readonly #rows: readonly Row[]

  constructor(routes: readonly LiveRoute[], inOrder: boolean) {
    const rows = routes.map((live) => ({
      live,
      host: nameOf(live.route),
      pattern: patternOf(live.route.path),
    }))
    const sooner = (a: Row, b: Row) =>
      Number(a.host === undefined) - Number(b.host === undefined) || compare(a.pattern, b.pattern)
    this.#rows = inOrder ? rows : rows.toSorted(sooner)
  }

  /** `path` is as the client sent it, `authority` has a port or none. */
  find(path: string, authority: string | undefined): Match | undefined {
    const segments = segmentsOf(path)
    const name = hostNameOf(authority)
    for (const { live, host, pattern } of this.#rows) {
      if (host !== undefined && host !== name) continue
      const params = match(pattern, segments)
      if (params !== undefined) return { live, params }
    }
    return undefined
  }
}

export function labelOf({ path, host = '' }: Route): string {
  return `${host}${path}`
}

/** @throws {ROUTE_CONFLICT} */
export function checkConflicts(routes: readonly Route[]): void {
  const seen = new Map<string, Route>()
  for (const route of routes) {
    const key = `${nameOf(route) ?? ''} ${keyOf(patternOf(route.path))}`
    const other = seen.get(key)
    if (other !== undefined) throw errors.ROUTE_CONFLICT({ route: labelOf(route), other: labelOf(other) })
    seen.set(key, route)
  }
}

function nameOf({ host }: Route): string | undefined {
  return host === undefined ? undefined : hostNameOf(host)
}

/** Without a port, and without the dot that a whole name may end with. */
function hostNameOf(authority = ''): string {
  return authority.replace(/\.?(?::\d*)?$/, '').toLowerCase()
}
