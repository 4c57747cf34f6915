import { defineErrors, describeErrors, type ErrorRow } from '@wasm-plugin/runtime/errors'

const row = <D>(r: ErrorRow<D>): ErrorRow<D> => r

/** Every code about registries and how they are reached. Codes are permanent: add, never rename. */
export const transportErrorTable = {
  REGISTRY_UNREACHABLE: row<{ registry: string; reason: string }>({
    origin: 'app',
    summary: 'A registry could not be reached, or ended the connection before it had answered.',
    message: (d) => `the registry ${d.registry} cannot be reached: ${d.reason}`,
    hint: 'Check the name and the network; proxies are read from HTTPS_PROXY and NO_PROXY.',
  }),
} as const

export const transportErrors = defineErrors(transportErrorTable)
export const transportErrorDocs = describeErrors(transportErrorTable)
