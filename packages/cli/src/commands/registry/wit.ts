import { closest } from '@wasm-plugin/runtime/text'
import { defineCommand } from '../../command.js'
import { usageErrors } from '../../errors/index.js'
import { consentOf } from '../../registry/consent.js'
import { fetchIntoProject } from '../../registry/fetch-wit.js'
import { dryRunOption, keyOption, registryOption, trustOption } from '../../registry/options.js'
import { publishWit } from '../../registry/publish-wit.js'
import { renderWit, type WitResult } from '../../render/registry/wit.js'

const ACTIONS = ['publish', 'fetch']

export const witCommand = defineCommand({
  name: 'wit',
  summary: 'Publish a WIT package, or fetch those that a project uses',
  examples: [
    ['wasm-plugin wit publish wit --registry ./plugins --key acme.key', 'a contract, signed, into a folder'],
    ['wasm-plugin wit fetch acme:site@^0.2', 'into wit/deps, with everything that it uses'],
    ['wasm-plugin wit fetch', 'what the WIT here names, and what the lock file has'],
  ],
  arguments: {
    action: { kind: 'required', description: 'publish or fetch' },
    what: {
      kind: 'variadic',
      description: 'for publish: a .wit file or the folder of a WIT package; for fetch: names with ranges',
    },
  },
  options: {
    registry: registryOption,
    key: keyOption,
    to: {
      kind: 'value',
      value: 'folder',
      description: 'for fetch: the folder of the WIT that uses them (default: that of the project, or wit)',
    },
    yes: { kind: 'flag', short: 'y', description: 'agree to what would be asked; it is shown all the same' },
    'trust-on-first-use': trustOption,
    frozen: { kind: 'flag', description: 'refuse to change the lock file' },
    offline: { kind: 'flag', description: 'use nothing but the cache' },
    force: { kind: 'flag', description: 'overwrite files of wit/deps that this command did not write' },
    'dry-run': dryRunOption,
  },
  notes: [
    'It is published under the name and the version of its `package`, once, in the form that wkg and wash read as well.',
    'WASI needs no registry. Other commands take a published contract in place of a path: --wit acme:site@^0.2.',
  ],

  async run(context, { action, what, ...input }): Promise<WitResult> {
    if (action === 'publish') {
      const [wit, ...more] = what
      if (more.length > 0)
        throw usageErrors.TOO_MANY_ARGUMENTS({
          command: 'wit',
          reason: 'one WIT package is published at a time',
        })
      return { action, ...(await publishWit(context, { ...input, wit, dryRun: input['dry-run'] })) }
    }
    if (action !== 'fetch')
      throw usageErrors.INVALID_ARGUMENT({
        ...{ name: 'action', value: action, expected: 'publish or fetch', guess: closest(action, ACTIONS) },
      })
    const confirm = await consentOf(context, { yes: input.yes, grants: undefined })
    const request = {
      ...{ ...input, wanted: what, confirm },
      ...{ trustOnFirstUse: input['trust-on-first-use'], dryRun: input['dry-run'] },
    }
    return { action, ...(await fetchIntoProject(context, request)) }
  },

  render: renderWit,
})
