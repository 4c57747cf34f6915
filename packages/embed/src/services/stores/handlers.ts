import type { ImmediateHandlers, ServiceHandlers, StoreServices } from '@wasm-plugin/wasi'
import type { Stores } from './stores.js'

/** The services of stores, for a plugin in a thread of its own. */
export function storeHandlers(stores: Stores): Pick<ServiceHandlers, keyof StoreServices> {
  return {
    'keyvalue.open': stores.later('keyvalue.open'),
    'keyvalue.list-keys': stores.later('keyvalue.list-keys'),
    'keyvalue.get': stores.later('keyvalue.get'),
    'keyvalue.exists': stores.later('keyvalue.exists'),
    'keyvalue.set': stores.later('keyvalue.set'),
    'keyvalue.delete': stores.later('keyvalue.delete'),
    'keyvalue.increment': stores.later('keyvalue.increment'),
    'keyvalue.swap': stores.later('keyvalue.swap'),
    'keyvalue.get-many': stores.later('keyvalue.get-many'),
    'keyvalue.set-many': stores.later('keyvalue.set-many'),
    'keyvalue.delete-many': stores.later('keyvalue.delete-many'),
  }
}

/** The same at once, for a plugin in the application's thread. */
export function immediateStoreHandlers(stores: Stores): ImmediateHandlers {
  return {
    'keyvalue.open': stores.now('keyvalue.open'),
    'keyvalue.list-keys': stores.now('keyvalue.list-keys'),
    'keyvalue.get': stores.now('keyvalue.get'),
    'keyvalue.exists': stores.now('keyvalue.exists'),
    'keyvalue.set': stores.now('keyvalue.set'),
    'keyvalue.delete': stores.now('keyvalue.delete'),
    'keyvalue.increment': stores.now('keyvalue.increment'),
    'keyvalue.swap': stores.now('keyvalue.swap'),
    'keyvalue.get-many': stores.now('keyvalue.get-many'),
    'keyvalue.set-many': stores.now('keyvalue.set-many'),
    'keyvalue.delete-many': stores.now('keyvalue.delete-many'),
  }
}
