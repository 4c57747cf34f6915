import { createRecord, OpenStores, type StorePorts, Stores } from '@wasm-plugin/embed/services'
import type { Gate } from '@wasm-plugin/wasi'
import { DatabaseJournal } from './database-journal.js'

/** The stores of one plugin, kept in databases of the page's origin. */
export function pageStores(gate: Gate): Stores {
  return new Stores(gate, ports)
}

const open = /* @__PURE__ */ new OpenStores((name) => new DatabaseJournal(name))
const ports: StorePorts = { open: (name) => open.open(name), makeRecord: createRecord }
