import { decodeComponent } from './binary/index.js'
import type { CompileOptions } from './compile/options.js'
import { coreModules } from './component.js'
import { defaultInstanceLimits, hasDebugSections, OriginalCode, shareTables } from './limits/index.js'

/** Bytes of a component with debug information, which has many times those of one without. */
const MAX_BYTES = 128 << 20

/**
 * The core modules of a component before they were rewritten to be compiled with these options: those that have debug information,
 * and the first, or all of them.
 *
 * @throws what compiling it throws
 */
export function originalModules(
  bytes: Uint8Array,
  options: CompileOptions,
  { all = false }: { readonly all?: boolean } = {},
): OriginalCode[] {
  const checked = decodeComponent(bytes, { ...options.limits, componentBytes: MAX_BYTES })
  const given = coreModules(checked)
  const memory = { ...defaultInstanceLimits, ...options.memory }
  const tableMaxima = shareTables(given, memory)
  return checked.coreModules.flatMap((original, module) =>
    all || module === 0 || hasDebugSections(original.bytes, module)
      ? [
          new OriginalCode(original.bytes, given[module]!, {
            memory,
            tableMaxima: tableMaxima[module],
            fuel: options.fuel ?? false,
            snapshot: options.snapshot === true,
            stepping: options.stepping === true,
            module,
          }),
        ]
      : [],
  )
}
