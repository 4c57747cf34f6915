/** A function of a core module, as the engine shows it in the stack of an error. */
export interface EngineFrame {
  /** What the engine calls the module: the same for all its functions. */
  readonly module: string
  /** Out of the section `name`; null where it has none. */
  readonly name: string | null
  readonly func: number
  /** Of the instruction, in the module as it was compiled. */
  readonly offset: number
}

/** Frames of one fault that are looked at. */
const MAX_FRAMES = 50
/** Characters of a name. */
const MAX_NAME = 1_024

const PLACE = /:wasm-function\[(\d{1,7})\]:0x([0-9a-f]{1,8})\)?$/
/** More than `PLACE` matches: names of any length are in front of it. */
const PLACE_LENGTH = 48

/**
 * The frames of WebAssembly in a stack, innermost first. V8 writes `at name (wasm://wasm/1a2b3c4d:wasm-function[7]:0x1f)`, Firefox
 * `name@script line 3 > WebAssembly.Module:wasm-function[7]:0x1f`.
 */
export function engineFrames(error: unknown): EngineFrame[] {
  const stack = error instanceof Error && typeof error.stack === 'string' ? error.stack : ''
  const frames: EngineFrame[] = []
  for (const line of stack.split('\n')) {
    const place = PLACE.exec(line.slice(-PLACE_LENGTH))
    if (place === null || frames.length === MAX_FRAMES) continue
    const [text, func = '', offset = ''] = place
    const head = line.slice(0, line.length - text.length)
    frames.push({ ...nameIn(head), func: Number(func), offset: Number.parseInt(offset, 16) })
  }
  return frames
}

const V8_URL = 'wasm://wasm/'

function nameIn(head: string): Pick<EngineFrame, 'module' | 'name'> {
  const url = head.lastIndexOf(V8_URL)
  if (url < 0) {
    const at = head.indexOf('@')
    return { module: head.slice(at + 1), name: shortened(head.slice(0, Math.max(at, 0))) }
  }
  const module = head.slice(url)
  const name = /^\s*at (.*) \($/s.exec(head.slice(0, url))?.[1] ?? ''
  // V8 puts the name of the module, if it has one, before that of the function.
  const prefix = `${module.slice(V8_URL.length).replace(/-[0-9a-f]{8}$/, '')}.`
  return { module, name: shortened(name.startsWith(prefix) ? name.slice(prefix.length) : name) }
}

function shortened(name: string): string | null {
  return name === '' ? null : name.slice(0, MAX_NAME)
}
