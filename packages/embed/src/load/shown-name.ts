import { showText } from '@wasm-plugin/runtime/text'

/** Characters of a name that a server, a file or a registry chose: it goes into every event, message and log. */
const MAX_NAME = 128

export function shownName(name: string): string {
  return name === '' ? 'plugin' : showText(name, MAX_NAME)
}
