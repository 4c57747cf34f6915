/** The entry of a plugin's thread with everything it needs, as the source of a script. See `tsup.config.ts`. */
declare module 'embedded:thread' {
  const source: string
  export default source
}

/** The same of a plugin's process. */
declare module 'embedded:process' {
  const source: string
  export default source
}
