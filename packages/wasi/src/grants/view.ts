import type { ManifestRequests } from '@wasm-plugin/manifest'
import { capabilities } from './capabilities.js'
import { deepFreeze } from './freeze.js'
import type { GivenGrants, PluginGrants } from './given.js'
import type { GrantSet } from './grant-set.js'

export function viewOf(grants: GrantSet, asked: ManifestRequests | undefined): PluginGrants {
  const { unasked, refused, rules } = grants
  return deepFreeze({
    // A copy: the manifest is the plugin's own object, which an application may go on with.
    asked: asked === undefined ? null : structuredClone(asked),
    given: given(grants),
    ...{ unasked, refused, rules },
  })
}

function given(grants: GrantSet): GivenGrants {
  const { args, stdio, clocks, random } = grants
  return {
    fs: capabilities.fs.view(grants),
    net: capabilities.net.view(grants),
    env: capabilities.env.view(grants),
    config: capabilities.config.view(grants),
    keyvalue: capabilities.keyvalue.view(grants),
    app: capabilities.app.view(grants),
    args,
    stdio: { bytesPerSecond: stdio.bytesPerSecond },
    clocks: {
      resolutionNs: clocks.resolutionNs,
      fixed: clocks.fixedMs === null ? null : new Date(clocks.fixedMs).toISOString(),
    },
    random,
  }
}
