let unpacked: Promise<Uint8Array> | undefined

/** The reader of debug information, `dwarf/dwarf.wasm`, which is loaded with the first fault that needs it. */
export function dwarfModule(): Promise<Uint8Array> {
  unpacked ??= unpack()
  return unpacked
}

async function unpack(): Promise<Uint8Array> {
  const { default: packed } = await import('embedded:dwarf')
  const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
