import type { FuncType, ValueType } from '@wasm-plugin/runtime'
import { flattenFunc } from '@wasm-plugin/runtime/internal'
import { allocator } from './wat.js'

export type Encoding = 'utf8' | 'utf16' | 'latin1+utf16'

/**
 * A component that exports `echo(value: T) -> T`, which hands its argument to the imported `pass(value: T) -> T` and
 * returns what that returns: each value crosses the boundary four times. The guest copies core values and pointers
 * without looking at them.
 *
 * @param type the type in WAT, such as `(list u8)`
 * @param model the same type as the runtime sees it, for its flattening
 * @param definitions types in WAT that `type` refers to; those are exported as WIT would
 */
export function echoWat(model: ValueType, { type, encoding = 'utf8', definitions = '' }: EchoText): string {
  const func: FuncType = {
    kind: 'func',
    async: false,
    params: [{ name: 'value', type: model }],
    result: model,
  }
  const lifted = flattenFunc(func, 'lift')
  const lowered = flattenFunc(func, 'lower')
  const params = lifted.core.params.join(' ')
  const lower = lowered.core.params.join(' ')
  const result = lifted.core.results.join(' ')
  const args = lifted.core.params.map((_, i) => `(local.get ${i})`).join(' ')
  const body = lifted.resultInMemory
    ? `(call $pass ${args} (i32.const 64)) (i32.const 64)`
    : `(call $pass ${args})`
  const options = `(memory (core memory $memory)) (realloc (core func $realloc)) string-encoding=${encoding}`
  return `(component
    ${allocator}
    ${definitions}
    (import "pass" (func $pass (param "value" ${type}) (result ${type})))
    (core func $pass-core (canon lower (func $pass) ${options}))
    (core module $main
      (import "env" "pass" (func $pass (param ${lower}) (result ${lowered.core.results.join(' ')})))
      (import "env" "reset" (func $reset))
      (func (export "done") (param ${result}) (call $reset))
      (func (export "echo") (param ${params}) (result ${result}) ${body}))
    (core instance $main (instantiate $main (with "env" (instance
      (export "pass" (func $pass-core)) (export "reset" (func $a "reset"))))))
    (func (export "echo") (param "value" ${type}) (result ${type})
      (canon lift (core func $main "echo") ${options} (post-return (core func $main "done")))))`
}

export interface EchoText {
  readonly type: string
  readonly encoding?: Encoding
  readonly definitions?: string
}
