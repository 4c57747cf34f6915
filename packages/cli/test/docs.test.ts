import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { commandTable, helpTopics } from '#internal'
import { runCli } from './helpers/run-cli.js'

const FILE = fileURLToPath(new URL('../../../docs/cli.md', import.meta.url))

const HEAD = `# The command line

The help of every command, as \`wasm-plugin\` prints it. This file is checked by the tests of \`packages/cli\`; after a change
write it anew with \`npx vitest run test/docs.test.ts -u\` there.

Data goes to stdout and talk to stderr. With \`--json\` a command writes exactly one document:
\`{ "schema": 1, "command", "ok": true, "result" }\`, or \`{ "schema": 1, "command", "ok": false, "exitCode", "error": { "code",
"message", "hint", … } }\` with a code of [errors.md](errors.md). \`ok\` is false with a \`result\` when a command ran and its
answer is no, as of \`validate\`. With \`--watch\` there is a document for each round, on a line of its own (NDJSON), which also
has \`"changed": ["assembly/index.ts"]\`; what is wrong with the project does not end it, and only the last line has an
\`exitCode\`.

Of a program \`run --json\` has what it wrote: as \`stdout\` and \`stderr\` of the \`result\`, or of an \`output\` beside the \`error\` where
something else than its own end ended it. Bytes that are not UTF-8 are U+FFFD in those texts, and \`stdoutBase64\` or \`stderrBase64\`
has all of the stream then. A document takes 16 MiB of a stream; a program that writes more is ended (\`DOCUMENT_TOO_LARGE\`).
Without \`--json\` bytes are passed on as they are, however many.`

async function section(title: string, argv: readonly string[]): Promise<string> {
  const { stdout } = await runCli(argv)
  return `## ${title}\n\n\`\`\`text\n${stdout}\`\`\``
}

describe('docs/cli.md', () => {
  it('says what the command says', async () => {
    const sections = [HEAD, await section('wasm-plugin', ['--help'])]
    for (const { name } of commandTable) sections.push(await section(name, [name, '--help']))
    for (const topic of helpTopics) sections.push(await section(topic, ['help', topic]))
    await expect(`${sections.join('\n\n')}\n`).toMatchFileSnapshot(FILE)
  })
})
