import { createMemory, type GrantSet } from '@wasm-plugin/wasi'

/** Bytes and entries of a scratch directory: it is in memory here, so that one is never as large as on a disk. */
const MOST = { quotaBytes: 64 << 20, quotaEntries: 10_000 }

/** Grants whose scratch directories are in memory, as long as the plugin is loaded. */
export function makeScratch(grants: GrantSet): GrantSet {
  const fs = grants.fs.map((grant) => {
    if (!grant.scratch) return grant
    const quotas = {
      quotaBytes: Math.min(grant.quotaBytes, MOST.quotaBytes),
      quotaEntries: Math.min(grant.quotaEntries, MOST.quotaEntries),
    }
    return Object.freeze({ ...grant, ...quotas, path: null, memory: createMemory(new Map(), quotas) })
  })
  return Object.freeze({ ...grants, fs: Object.freeze(fs) })
}
