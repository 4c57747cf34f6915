import { defineErrors, describeErrors, type ErrorRow } from '@wasm-plugin/runtime/internal'

const row = <D>(r: ErrorRow<D>): ErrorRow<D> => r

/** What can be wrong with a gateway. Codes are permanent: add, never rename. */
const gatewayErrorTable = {
  GATEWAY_OPTIONS_INVALID: row<{ path: string; reason: string; fix?: string | undefined }>({
    origin: 'app',
    summary: 'An option of the gateway, of a route or of a listener is not what it has to be.',
    message: (d) => `${d.path}: ${d.reason}`,
    hint: (d) => d.fix ?? 'The types `GatewayOptions`, `Route` and `ListenOptions` say what there is.',
  }),
  ROUTE_CONFLICT: row<{ route: string; other: string }>({
    origin: 'app',
    summary: 'Two routes of a gateway are for the same requests.',
    message: (d) => `the routes "${d.route}" and "${d.other}" are for the same requests`,
    hint: 'Give one of them another path or host name, or leave it out.',
  }),
  ROUTE_UNUSABLE: row<{ route: string; code: string; reason: string; fix: string }>({
    origin: 'app',
    summary:
      'The plugin of a route cannot be loaded, or answers no requests. No route of the gateway is served.',
    message: (d) => `the route "${d.route}" cannot be served: ${d.code}: ${d.reason}`,
    hint: (d) => d.fix,
  }),
  LISTEN_FAILED: row<{ address: string; reason: string }>({
    origin: 'app',
    summary: 'The gateway cannot listen where it should.',
    message: (d) => `cannot listen on ${d.address}: ${d.reason}`,
    hint: 'Choose another port, or end what listens there. Ports below 1024 may need a privilege.',
  }),
} as const

export const errors = defineErrors(gatewayErrorTable)
export const gatewayErrorDocs = describeErrors(gatewayErrorTable)
