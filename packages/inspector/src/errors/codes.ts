import { defineErrors, describeErrors, type ErrorRow } from '@wasm-plugin/runtime/internal'

const row = <D>(r: ErrorRow<D>): ErrorRow<D> => r

/** What can be wrong with the window, and what it refuses. Codes are permanent: add, never rename. */
const inspectorErrorTable = {
  INSPECTOR_OPTIONS_INVALID: row<{ path: string; reason: string }>({
    origin: 'app',
    summary: 'An option of the window is not what it has to be.',
    message: (d) => `${d.path}: ${d.reason}`,
    hint: 'The type `InspectorOptions` says what there is.',
  }),
  INSPECTOR_UNAVAILABLE: row<{ port: number; reason: string }>({
    origin: 'app',
    summary: 'The window cannot listen on its port.',
    message: (d) => `the window cannot listen on port ${d.port} of this machine: ${d.reason}`,
    hint: 'Leave `port` out for any that is free.',
  }),
  INSPECTOR_HOST_REFUSED: row<{ host: string }>({
    origin: 'app',
    summary: 'A request to the window names another host than this machine, as a rebound name does.',
    message: (d) => `the window does not answer for "${d.host.slice(0, 100)}"`,
    hint: 'Open the address that the application printed.',
  }),
  INSPECTOR_ORIGIN_REFUSED: row<{ from: string }>({
    origin: 'app',
    summary: 'A page of another origin asked the window for something.',
    message: (d) => `a page of ${d.from.slice(0, 100)} may ask nothing of the window`,
    hint: 'Open the address that the application printed.',
  }),
  INSPECTOR_TOKEN_WRONG: row<Record<string, never>>({
    origin: 'app',
    summary: 'A request to the window has no token, or that of another window.',
    message: () => 'the request has no token, or that of another window',
    hint: 'Open the address that the application printed, with all that follows its `#`.',
  }),
  INSPECTOR_READ_ONLY: row<Record<string, never>>({
    origin: 'app',
    summary: 'The window was opened to look through, and changes nothing.',
    message: () => 'the window is read-only',
    hint: 'The application decides: `openInspector(host, { readOnly: false })`.',
  }),
  INSPECTOR_REQUEST_INVALID: row<{ reason: string }>({
    origin: 'app',
    summary: 'A request to the window is none that it knows.',
    message: (d) => `the window does not understand the request: ${d.reason}`,
    hint: 'Load the page again: it may be that of an older version.',
  }),
  INSPECTOR_PLUGIN_GONE: row<{ plugin: number }>({
    origin: 'app',
    summary: 'The plugin that a request to the window is about is not loaded any more.',
    message: () => 'the plugin is not loaded any more',
    hint: 'The list of plugins shows those that are.',
  }),
  INSPECTOR_BUSY: row<{ max: number }>({
    origin: 'app',
    summary: 'As many pages look through the window as may at a time.',
    message: (d) => `${d.max} pages look through the window already`,
    hint: 'Close one of them.',
  }),
} as const

export const errors = defineErrors(inspectorErrorTable)
export const inspectorErrorDocs = describeErrors(inspectorErrorTable)
