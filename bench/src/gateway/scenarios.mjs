/**
 * What servers are asked, by how many connections at a time, and which of them. The first of `beside` is what the others are
 * a multiple of.
 *
 * @typedef {{
 *   name: string, path: string, connections: number[], systems: string[], beside: string[],
 *   method?: string, body?: () => string, status?: number,
 * }} Scenario
 */

const HANDLERS = ['inline', 'reused', 'fresh', 'wasmtime', 'jco']
const EACH = [1, 16, 256]

/** An order of twenty lines: 1 kB of JSON. */
const order = () =>
  JSON.stringify({
    id: 'a-17',
    lines: Array.from({ length: 20 }, (_, i) => ({ article: `part ${i}`, count: i, price: 1.5 * i })),
  })

/** @type {readonly Scenario[]} */
export const scenarios = [
  {
    name: 'hello',
    path: '/hello',
    connections: EACH,
    systems: ['node', ...HANDLERS],
    beside: ['node', 'wasmtime'],
  },
  {
    name: 'JSON',
    path: '/orders',
    method: 'POST',
    body: order,
    connections: EACH,
    systems: ['node', ...HANDLERS],
    beside: ['node', 'wasmtime'],
  },
  { name: 'Markdown', path: '/markdown', connections: EACH, systems: HANDLERS, beside: ['wasmtime'] },
  {
    name: '10 MiB in and out',
    path: '/echo',
    method: 'POST',
    body: () => 'x'.repeat(10 << 20),
    // As many as memory is no question with, in servers that keep a body.
    connections: [1, 16],
    systems: ['node', 'reused', 'wasmtime', 'jco'],
    beside: ['node', 'wasmtime'],
  },
  {
    name: 'WAGI',
    path: '/page',
    connections: EACH,
    systems: ['lighttpd', 'nginx', 'apache', 'wagi'],
    beside: ['the fastest of CGI'],
  },
  {
    // Half of them find the queue full, and are refused.
    name: 'overload',
    path: '/markdown',
    connections: [16, 256, 640],
    systems: ['fresh', 'wasmtime'],
    beside: ['wasmtime'],
  },
]
