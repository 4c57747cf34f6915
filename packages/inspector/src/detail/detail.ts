import { showText } from '@wasm-plugin/runtime/text'
import type { Asked, Detail, Recorded } from '../protocol.js'
import type { AnyPlugin } from '../watch/roster.js'

/** Rows of one list; a manifest may have many. */
const MAX_ROWS = 500

/** All that the page shows of one plugin. */
export function detailOf(number: number, plugin: AnyPlugin, recording: Recorded | null): Detail {
  const { grants, manifest, stats } = plugin
  const { asked, rules, unasked } = grants
  return {
    ...{ number, name: shown(plugin.name), digest: plugin.digest, recording },
    version: shownOr(manifest?.version),
    id: shownOr(manifest?.id),
    description: shownOr(manifest?.description),
    world: shownOr(manifest?.world),
    signer: shownOr(plugin.signer),
    rules: list(rules).map(shown),
    asked: asked && askedOf(asked),
    refused: refusedOf(grants),
    unasked: list(unasked).map(shown),
    narrowable: JSON.stringify(narrowable(plugin), null, 2),
    errors: counts(stats.errors),
    denials: counts(stats.denials),
    figures: figuresOf(plugin),
  }
}

type Requests = Required<NonNullable<AnyPlugin['manifest']>>['capabilities']
type Grants = AnyPlugin['grants']

function askedOf(asked: NonNullable<Grants['asked']>): Asked[] {
  const { fs = [], net = [], env = [] } = asked as Requests
  const all = [
    ...fs.map(({ at, access, reason }) => ({ capability: 'fs', text: `${access} ${at}`, reason })),
    ...net.map(({ allow, reason }) => ({ capability: 'net', text: allow, reason })),
    ...env.map(({ key, reason }) => ({ capability: 'env', text: key, reason })),
  ]
  return list(all).map(({ capability, text, reason }) => ({
    capability,
    text: shown(text),
    reason: shown(reason),
  }))
}

/** With the reasons of those that are written as the manifest has them. */
function refusedOf({ refused, asked }: Grants): Asked[] {
  const known = asked === null ? [] : askedOf(asked)
  const all = (['fs', 'net', 'env'] as const).flatMap((capability) =>
    refused[capability].map((text) => ({ capability, text: shown(text) })),
  )
  return list(all).map(({ capability, text }) => {
    // All paths are what a pattern without one is for.
    const isIt = (asked: string) => asked.replace(/\/\*\*$/, '').endsWith(text)
    const request = known.find((one) => one.capability === capability && isIt(one.text))
    return { capability, text, reason: request?.reason ?? '' }
  })
}

/** What `narrow` takes for all that can be narrowed by text: no values of variables, and nothing that is in memory. */
function narrowable({ grants: { given } }: AnyPlugin): object {
  const fs = given.fs.flatMap(({ kind, path, at, access }) =>
    kind === 'directory' ? { path, at, access } : [],
  )
  const net = [...given.net.allow, ...given.net.deny.map((pattern) => `!${pattern}`)]
  return { fs, net }
}

function figuresOf({ stats }: AnyPlugin): [string, string][] {
  const whole = (value: number) => String(Math.round(value))
  return [
    ['Memory at most', bytes(stats.maxMemoryBytes)],
    ['Time in calls', `${whole(stats.durationMs)} ms`],
    ['Of it waiting', `${whole(stats.waitedMs)} ms`],
    ['Instances started', whole(stats.starts)],
    ...more(stats),
  ]
}

/** Figures that not every host has. */
function more(stats: object): [string, string][] {
  const values = new Map(Object.entries(stats))
  return [
    ['fuel', 'Fuel'],
    ['cpuMs', 'Processor, ms'],
    ['bytesIn', 'Bytes in'],
    ['bytesOut', 'Bytes out'],
  ].flatMap(([name, label]) => {
    const value = values.get(name as string)
    return typeof value === 'number' ? [[label, String(Math.round(value))] as [string, string]] : []
  })
}

function bytes(count: number): string {
  return `${(count / (1 << 20)).toFixed(1)} MiB`
}

function counts(of: Readonly<Record<string, number>>): [string, number][] {
  return list(Object.entries(of)).map(([name, count]) => [shown(name), count])
}

function list<T>(all: readonly T[]): readonly T[] {
  return all.slice(0, MAX_ROWS)
}

function shown(text: string): string {
  return showText(text, 500)
}

function shownOr(text: string | undefined): string | null {
  return text === undefined ? null : shown(text)
}
