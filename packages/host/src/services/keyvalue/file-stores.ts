import { OpenStores, type StorePorts, Stores } from '@wasm-plugin/embed/services'
import type { Gate } from '@wasm-plugin/wasi'
import { withoutLinks } from '../../node/reach.js'
import { StoreLog } from './log.js'
import { makeRecord } from './record.js'

/** The stores of one plugin, kept in files. */
export function fileStores(gate: Gate): Stores {
  return new Stores(gate, ports)
}

const open = new OpenStores((path) => new StoreLog(path))
const ports: StorePorts = {
  open: (file) => open.open(file === null ? null : withoutLinks(file)),
  makeRecord,
}
