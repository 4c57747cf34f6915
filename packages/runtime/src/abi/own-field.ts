import type { JsValue } from './js-value.js'

/**
 * A field of a record that the host passed. Fields may be inherited (getters of a class), except from
 * `Object.prototype`: a record with a field `constructor` or `to-string` must bring its own.
 */
export function ownField(record: JsValue, name: string): JsValue {
  return name in Object.prototype && !Object.hasOwn(record, name) ? undefined : record[name]
}
