import { signal } from '@preact/signals'
import type { Detail, Row } from '../protocol.js'
import { ask, Refused, recording, update } from './api.js'
import { type Question, question } from './dialog.js'
import { said } from './store.js'

/** The plugin that is shown as a whole, as it was when last asked for. */
export const detail = signal<Detail | null>(null)

type Named = Pick<Row, 'number' | 'name'>

/** Asks the server for a plugin again. */
export async function refresh(plugin: number): Promise<void> {
  try {
    detail.value = await ask('detail', { plugin })
  } catch {
    if (detail.value?.number === plugin) detail.value = null
  }
}

export function askRevoke({ number, name }: Named, rule: string): void {
  put({
    title: `Revoke ${rule}?`,
    text: `The next use of it by ${name} is denied, and what is open under it ends. It stays so until the plugin is loaded again.`,
    does: 'Revoke',
    run: async () => show(await ask('revoke', { plugin: number, rule }), `Revoked ${rule} of ${name}.`),
  })
}

export function askNarrow({ number, name, narrowable }: Detail): void {
  put({
    title: `Narrow the grants of ${name}`,
    text: 'A capability that stands here keeps what is in it and loses the rest; one that does not stays as it is.',
    input: narrowable,
    does: 'Narrow',
    run: async (input) => {
      const grants: unknown = JSON.parse(input)
      show(await ask('narrow', { plugin: number, grants }), `Narrowed the grants of ${name}.`)
    },
  })
}

export function askUnload({ number, name }: Named): void {
  put({
    title: `Unload ${name}?`,
    text: 'Calls that run fail. Only the application can load it again.',
    does: 'Unload',
    run: async () => {
      await ask('unload', { plugin: number })
      detail.value = null
      said.value = `Unloaded ${name}.`
    },
  })
}

export function askUpdate({ number, name }: Named, file: File): void {
  put({
    title: `Update ${name} to ${file.name}?`,
    text: 'It is checked and started beside the present build, and takes over with the same grants. Where it asks for more, it does not.',
    does: 'Update',
    run: async () => show(await update(number, file), `Updated ${name}.`),
  })
}

export async function record({ number, name }: Named, on: boolean): Promise<void> {
  try {
    show(await ask('record', { plugin: number, on }), on ? `Recording ${name}.` : `Recorded ${name}.`)
  } catch (error) {
    said.value = tellingOf(error)
  }
}

/** Gives what was recorded to the browser to save. */
export async function save({ number, name }: Named): Promise<void> {
  try {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(await recording(number))
    link.download = `${name.replaceAll(/[^\w.-]+/g, '_').slice(0, 60)}.ndjson`
    link.click()
    URL.revokeObjectURL(link.href)
  } catch (error) {
    said.value = tellingOf(error)
  }
}

/** What a refusal says, with its code. */
export function tellingOf(error: unknown): string {
  if (error instanceof Refused) return `${error.shown.code}: ${error.shown.message}`
  return error instanceof SyntaxError ? 'This is not JSON.' : 'The application does not answer.'
}

function put(asked: Question): void {
  question.value = asked
}

function show(next: Detail, what: string): void {
  detail.value = next
  said.value = what
}
