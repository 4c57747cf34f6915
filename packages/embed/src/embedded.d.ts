/** `dwarf/dwarf.wasm`, packed by gzip, in base64. See `tsup.config.ts`. */
declare module 'embedded:dwarf' {
  const source: string
  export default source
}
