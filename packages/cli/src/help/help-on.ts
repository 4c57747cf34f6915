import { closest } from '@wasm-plugin/runtime/text'
import { commandTable } from '../commands/index.js'
import { usageErrors } from '../errors/index.js'
import type { Style } from '../output/style.js'
import { commandHelp } from './command-help.js'
import { columns } from './layout.js'
import { rootHelp } from './root-help.js'
import { topics } from './topics.js'

export const helpTopics: readonly string[] = topics.map(({ name }) => name)

/**
 * `wasm-plugin help [command or topic]`.
 *
 * @throws {UNKNOWN_TOPIC}
 */
export async function helpOn(name: string | undefined, style: Style): Promise<string> {
  if (name === undefined) return `${rootHelp(style)}\n\n${topicList(style)}`
  const topic = topics.find((entry) => entry.name === name)
  if (topic) return topic.text(style)
  const command = commandTable.find((entry) => entry.name === name)
  if (command) return commandHelp(await command.load(), style)
  const names = [...commandTable.map((entry) => entry.name), ...helpTopics]
  throw usageErrors.UNKNOWN_TOPIC({ name, topics: helpTopics, guess: closest(name, names) })
}

function topicList(style: Style): string {
  const rows = topics.map(({ name, summary }): [string, string] => [`wasm-plugin help ${name}`, summary])
  return [style.bold('Topics:'), ...columns(rows, style)].join('\n')
}
