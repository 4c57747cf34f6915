/** A file of the page as text. See `tsup.config.ts`. */
declare module 'embedded:*' {
  const text: string
  export default text
}
