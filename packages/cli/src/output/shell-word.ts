/** A word of a command line to copy: whatever a file or a plugin is called, a POSIX shell takes it as this one word. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
