import path from 'node:path'
import { closest } from '@wasm-plugin/runtime/text'
import { type Context, defineCommand } from '../command.js'
import { asksBeyond, asksOf } from '../component/asks.js'
import { readPlugin } from '../component/read.js'
import { usageErrors } from '../errors/index.js'
import { type GrantsResult, renderGrants } from '../render/grants.js'

const ACTIONS = ['show', 'diff']

export const grantsCommand = defineCommand({
  name: 'grants',
  summary: 'Show what a plugin asks for, or what a new version asks for that the old did not',
  examples: [
    ['wasm-plugin grants show hello.wasm', 'what it asks for, and why'],
    ['wasm-plugin grants diff hello-1.0.wasm hello-1.1.wasm', 'exits with 1 if the new one asks for more'],
    ['wasm-plugin grants diff old.wasm new.wasm --json', 'for a review in CI'],
  ],
  arguments: {
    action: { kind: 'required', description: 'show or diff' },
    plugin: { kind: 'required', description: 'the component; for diff the old one' },
    newer: { kind: 'optional', description: 'for diff, the new one' },
  },
  options: {},

  async run(context, { action, plugin, newer }): Promise<GrantsResult> {
    if (!ACTIONS.includes(action))
      throw usageErrors.INVALID_ARGUMENT({
        ...{ name: 'action', value: action, expected: 'show or diff', guess: closest(action, ACTIONS) },
      })
    const first = await read(context, plugin)
    if (action === 'show') {
      if (newer !== undefined)
        throw usageErrors.TOO_MANY_ARGUMENTS({ command: 'grants show', reason: 'it takes one plugin' })
      return { action, plugin: asksOf(first) }
    }
    if (newer === undefined) throw usageErrors.MISSING_ARGUMENT({ name: 'newer', command: 'grants' })
    const second = await read(context, newer)
    return {
      action: 'diff',
      old: asksOf(first),
      new: asksOf(second),
      more: asksBeyond(first, second),
      less: asksBeyond(second, first),
      manifestRemoved: first.manifest !== undefined && second.manifest === undefined,
    }
  },

  render: renderGrants,

  isFailure: (result) =>
    result.action === 'diff' &&
    (result.manifestRemoved || result.more.requests.length > 0 || result.more.imports.length > 0),
})

function read(context: Context, file: string) {
  return readPlugin({ file, path: path.resolve(context.cwd, file) })
}
