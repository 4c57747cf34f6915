/** The path of a route, taken apart. */
export interface Pattern {
  /** Of a segment that may be anything, its name after a colon. */
  readonly segments: readonly string[]
  /** Whether more may follow. */
  readonly isOpen: boolean
}

export function patternOf(path: string): Pattern {
  const isOpen = path.endsWith('/...')
  const fixed = isOpen ? path.slice(0, -'/...'.length) : path
  return { segments: segmentsOf(fixed), isOpen }
}

/** `/a/b` has two, `/a/` has an empty one at the end, which is another path than `/a`. */
export function segmentsOf(path: string): string[] {
  return path === '' ? [] : path.slice(1).split('/')
}

export type Params = readonly (readonly [name: string, value: string])[]

/** The values of the parameters; undefined where the path is another one. */
export function match({ segments, isOpen }: Pattern, path: readonly string[]): Params | undefined {
  if (path.length < segments.length || (!isOpen && path.length > segments.length)) return undefined
  const params: [string, string][] = []
  for (const [i, segment] of segments.entries()) {
    const value = path[i] ?? ''
    if (!segment.startsWith(':')) {
      if (segment !== value) return undefined
    } else if (value === '') return undefined
    else params.push([segment.slice(1), value])
  }
  return params
}

/** Below 0 where `a` says more about the paths that it is for: a name more than a parameter, both more than the rest. */
export function compare(a: Pattern, b: Pattern): number {
  for (let i = 0; i < Math.max(a.segments.length, b.segments.length); i++) {
    const order = rank(a.segments[i]) - rank(b.segments[i])
    if (order !== 0) return order
  }
  return Number(a.isOpen) - Number(b.isOpen)
}

/** Two that are the same for the same paths. */
export function keyOf({ segments, isOpen }: Pattern): string {
  return JSON.stringify([segments.map((segment) => (segment.startsWith(':') ? ':' : segment)), isOpen])
}

function rank(segment: string | undefined): number {
  if (segment === undefined) return 2
  return segment.startsWith(':') ? 1 : 0
}
