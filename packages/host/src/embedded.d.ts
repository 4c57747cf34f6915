/** The entry of a plugin's thread with everything it needs, as the source of a script. See `tsup.config.ts`. */
declare module 'embedded:thread' {
  const source: string
  export default source
}
