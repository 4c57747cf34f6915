import { defineErrors, describeErrors, type ErrorRow } from '@wasm-plugin/runtime/internal'
import { showText } from '@wasm-plugin/runtime/text'

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
  CGI_RESPONSE_INVALID: row<{ reason: string }>({
    origin: 'plugin',
    summary: 'What a program wrote to stdout is no response of CGI.',
    message: (d) => `the output of the program is no response: ${d.reason}`,
    hint: 'A response is lines such as `Content-Type: text/plain`, an empty line, and the body.',
  }),
  CGI_NO_OUTPUT: row<Record<string, never>>({
    origin: 'plugin',
    summary: 'A program that was asked by CGI wrote nothing to stdout.',
    message: () => 'the program ended and had written nothing',
    hint: 'It has to write a head, an empty line and a body to stdout; what it wrote to stderr is in the log.',
  }),
  CGI_EXIT: row<{ status: number }>({
    origin: 'plugin',
    summary: 'A program that was asked by CGI ended with an exit code other than 0.',
    message: (d) => `the program ended with the exit code ${d.status}`,
    hint: 'What it wrote to stderr is in the log. What it had written to stdout is not sent.',
  }),
  CGI_REQUEST_TOO_LARGE: row<{ maxBytes: number }>({
    origin: 'app',
    summary: 'The body of a request for a program has no length, and more bytes than are waited for.',
    message: (d) => `the body of the request has no length, and more than ${d.maxBytes} bytes`,
    hint: 'Have the client say `content-length`: then the body is not kept.',
  }),
  MODULE_UNREADABLE: row<{ reason: string }>({
    origin: 'plugin',
    summary: 'A module of a `modules.toml` cannot be read.',
    message: (d) => `the module cannot be read: ${d.reason}`,
    hint: 'A module is a file with a core module of WASI preview 1.',
  }),
  WAGI_ENTRYPOINT_MISSING: row<{ entrypoint: string; known: readonly string[] }>({
    origin: 'app',
    summary: 'A module does not export the function that is to be run.',
    message: (d) => `the module exports no function "${showText(d.entrypoint, 100)}"`,
    hint: (d) =>
      d.known.length === 0
        ? 'It exports no functions.'
        : `It exports ${showText(d.known.slice(0, 20).join(', '), 500)}.`,
  }),
  WAGI_CONFIG_INVALID: row<{ path: string; reason: string; fix?: string | undefined }>({
    origin: 'app',
    summary: 'A `modules.toml` is not what it has to be.',
    message: (d) => (d.path === '' ? d.reason : `${d.path}: ${d.reason}`),
    hint: (d) => d.fix ?? 'Each `[[module]]` has a `route` and a `module`; docs/serve.md has the other keys.',
  }),
  WAGI_ROUTES_INVALID: row<{ file: string; reason: string }>({
    origin: 'plugin',
    summary: 'The function `_routes` of a module does not say its routes.',
    message: (d) => `\`_routes\` of ${d.file} does not say its routes: ${d.reason}`,
    hint: 'It has to write lines of a path and the name of a function.',
  }),
  CERTIFICATE_INVALID: row<{ reason: string }>({
    origin: 'app',
    summary: 'The certificate of a listener, or its key, cannot be used.',
    message: (d) => `the certificate or its key cannot be used: ${d.reason}`,
    hint: 'Both are in PEM, and the key is that of the certificate.',
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
