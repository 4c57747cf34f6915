// Writes docs/errors.md from the tables that the packages export. `check` compares instead.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { inRoot } from './lib/paths.mjs'
import { report } from './lib/report.mjs'
import { script } from './lib/run.mjs'

const FILE = inRoot('docs/errors.md')

/** The tables, by the package that throws the codes. */
export async function errorTables() {
  const load = (file) => import(inRoot('packages', file))
  const { runtimeErrorDocs } = await load('runtime/dist/index.js')
  const { manifestErrorDocs } = await load('manifest/dist/index.js')
  const { wasiErrorDocs } = await load('wasi/dist/index.js')
  const { hostErrorDocs } = await load('host/dist/index.js')
  const { gatewayErrorDocs } = await load('gateway/dist/index.js')
  const { inspectorErrorDocs } = await load('inspector/dist/index.js')
  const { sdkErrorDocs } = await load('plugin-sdk/dist/index.js')
  const { registryErrorDocs } = await load('registry/dist/index.js')
  const { cliErrorDocs } = await load('cli/dist/internal.js')
  return {
    '@wasm-plugin/runtime': runtimeErrorDocs,
    '@wasm-plugin/manifest': manifestErrorDocs,
    '@wasm-plugin/wasi': wasiErrorDocs,
    '@wasm-plugin/host': hostErrorDocs,
    '@wasm-plugin/gateway': gatewayErrorDocs,
    '@wasm-plugin/inspector': inspectorErrorDocs,
    '@wasm-plugin/sdk': sdkErrorDocs,
    '@wasm-plugin/registry': registryErrorDocs,
    '@wasm-plugin/cli': cliErrorDocs,
  }
}

export async function errorDocs() {
  const sections = Object.entries(await errorTables()).map(([name, rows]) => section(name, rows))
  return `${[HEAD, ...sections].join('\n\n')}\n`
}

export async function checkErrorDocs() {
  if ((await readFile(FILE, 'utf8').catch(() => '')) !== (await errorDocs())) {
    throw new Error('docs/errors.md does not match the error tables: run `node scripts/error-docs.mjs`')
  }
}

const HEAD = `# Errors

Every error that Wasm Plugin throws is a \`PluginError\` with a permanent \`code\`, a \`message\` that says what happened and
why, a \`hint\` that says what to do, and an \`origin\` that says who has to act: \`app\`, the application; \`plugin\`, the
plugin's author; \`host\`, the framework itself (please report those). Compare codes, not messages:

\`\`\`ts
if (PluginError.is(error, 'DEADLINE_EXCEEDED')) retryLater()
\`\`\`

The \`err\` of a WIT \`result\` is not in this list: it is part of the contract, and arrives as a \`ComponentError\` with the
value in \`payload\`.

This file is made by \`node scripts/error-docs.mjs\`.`

function section(name, rows) {
  const lines = rows.map(
    ({ code, origin, summary }) => `| \`${code}\` | ${origin} | ${summary.replaceAll('|', '\\|')} |`,
  )
  return [`## ${name}`, '', '| code | origin | what happened |', '| --- | --- | --- |', ...lines].join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await script(async () => {
    await mkdir(path.dirname(FILE), { recursive: true })
    await writeFile(FILE, await errorDocs())
    report('Wrote', 'docs/errors.md')
  })
}
