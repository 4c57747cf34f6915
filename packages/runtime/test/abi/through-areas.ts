import { type Component, ComponentError, type FuncType, type Instance } from '@wasm-plugin/runtime'
import { areaCall, areaCodec, ValueArea } from '@wasm-plugin/runtime/internal'

type Call = (...args: unknown[]) => unknown

const LIMITS = { valueBytes: 60_000, liftedValues: 4_000_000 }

export interface ThroughAreas {
  readonly call: Call
  /** Results that were copied, rather than lifted. */
  readonly copied: { count: number }
}

/** A function that is exported, called by way of two areas where it can be, and as ever where not. */
export function throughAreas(
  component: Component,
  { exports }: Instance,
  ...[name, size = 1 << 17]: [string, number?]
): ThroughAreas {
  const { params, result: returned } = component.exports.get(name) as FuncType
  const area = () => new ValueArea(new Uint8Array(new SharedArrayBuffer(size)), LIMITS)
  const [args, result] = [area(), area()]
  const entry = exports[name] as Call
  const inAreas = areaCall(entry, { args, result })
  const copied = { count: 0 }
  const call: Call = (...values) => {
    if (inAreas === null) return entry(...values)
    args.rewind(0)
    result.rewind(0)
    const tuple = { kind: 'tuple', items: params.map(({ type }) => type) } as const
    const at = params.length === 0 ? 0 : areaCodec(tuple, args, true)!.write(values)
    if (at < 0) return entry(...values)
    const { isErr, at: to, value } = inAreas(at, () => true)
    const type = returned?.kind === 'result' ? (isErr ? returned.err : returned.ok) : returned
    if (to >= 0) copied.count++
    const lifted = to < 0 ? value : type === null ? undefined : areaCodec(type, result, true)!.read(to)
    if (isErr) throw new ComponentError(lifted)
    return lifted
  }
  return { call, copied }
}
