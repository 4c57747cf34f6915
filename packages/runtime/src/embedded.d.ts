/** `assembly/index.ts`, compiled, in base64. See `tsup.config.ts`. */
declare module 'embedded:cost' {
  const source: string
  export default source
}
