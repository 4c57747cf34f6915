import { type GrantsInput, missingRequests } from '@wasm-plugin/wasi'
import type { GrantRequest, OnRequest } from '../options/given.js'

/** The grants to load with: those that were given, or what the application says when its user was asked. */
export async function askForMissing(
  { plugin, digest, manifest, grants }: Omit<GrantRequest, 'missing'>,
  onRequest: OnRequest,
): Promise<GrantsInput> {
  const missing = missingRequests(grants, manifest.capabilities)
  if ([missing.fs, missing.net, missing.env].every((requests) => requests.length === 0)) return grants
  const answer = await onRequest(Object.freeze({ plugin, digest, manifest, missing, grants }))
  return answer ?? grants
}
