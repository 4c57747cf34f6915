import { defaultNetLimits, type GrantSet } from './grant-set.js'

/** Of a plugin that is granted nothing and whose manifest asks for nothing. */
export const noGrants: GrantSet = {
  fs: [],
  former: [],
  net: { allow: [], deny: [], privateAddresses: [], limits: defaultNetLimits },
  env: [],
  config: [],
  keyvalue: [],
  app: [],
  args: [],
  stdio: { stdin: new Uint8Array(), bytesPerSecond: 4 << 20 },
  clocks: { resolutionNs: 1, fixedMs: null },
  random: { maxBytes: 1 << 20, seed: null },
  asked: null,
  refused: { fs: [], net: [], env: [] },
  unasked: [],
  rules: [],
}
