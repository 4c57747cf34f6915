import { defineErrors, type ErrorRow } from '@wasm-plugin/runtime/errors'

const row = <D>(r: ErrorRow<D>): ErrorRow<D> => r

/** What an instance can do wrong. Codes are permanent: add, never rename. */
export const pluginErrorTable = {
  PLUGIN_EXITED: row<{ status: number }>({
    origin: 'plugin',
    summary: 'The plugin ended itself through `wasi:cli/exit`. The next call gets a fresh instance.',
    message: (d) => `the plugin exited with status ${d.status}`,
    hint: 'A plugin should return from its exports; its log says why it gave up, if it wrote anything.',
  }),
  WASI_LIMIT: row<{ operation: string; value: string; max: string }>({
    origin: 'plugin',
    summary: 'The plugin asked WASI for more than it may have, where WASI has no error to answer with.',
    message: (d) => `${d.operation}: the plugin asked for ${d.value}, over the limit of ${d.max}`,
    hint: 'Ask for less at a time.',
  }),
  POLL_NOTHING: row<Record<string, never>>({
    origin: 'plugin',
    summary: 'The plugin polled an empty list, which would wait for ever.',
    message: () => 'the plugin called wasi:io/poll#poll with an empty list',
    hint: 'This is a fault of the plugin or of its language runtime.',
  }),
  WAIT_NOT_ALLOWED: row<{ waitMs: number; maxMs: number }>({
    origin: 'plugin',
    summary: 'The plugin wanted to wait for longer than a plugin that shares its thread may.',
    message: (d) => `the plugin wanted to wait ${d.waitMs} ms, over the limit of ${d.maxMs} ms`,
    hint: 'Load the plugin with worker isolation, where waiting does not stop the application.',
  }),
} as const

export const errors = defineErrors(pluginErrorTable)
