import { createHost } from '@wasm-plugin/web'

const host = await createHost({ thread: '/thread.js', limits: { timeoutMs: 10_000 } })

const [form] = document.forms
const { documents, plugin: choice, state } = form.elements
const button = form.querySelector('button')

/** What each of the checkboxes stands for. */
const settings = await (await fetch('/settings.ini')).text()
const notice = new URL('/notice.json', location.href).href
const grants = {
  fs: { fs: [{ memory: { 'analyzer.ini': settings }, at: '/settings', access: 'read' }] },
  env: { env: { READING_SPEED: '220', NOTICE_URL: notice } },
  net: { net: [`GET ${notice}`] },
}

host.on('denied', ({ plugin, capability, target }) => addRow('denied', [plugin, capability, target]))

form.addEventListener('submit', (event) => {
  event.preventDefault()
  void run()
})
button.disabled = false
state.value = 'Ready.'

async function run() {
  button.disabled = true
  state.value = 'Running…'
  const granted = Object.keys(grants).filter((name) => form.elements[name].checked)
  const plugin = await host.load(`/plugins/${choice.value}.wasm`, {
    grants: Object.assign({}, ...granted.map((name) => grants[name])),
    imports: { 'acme:site/log': { log: (level, message) => console.log(level, message) } },
  })
  let outcome = 'ok'
  try {
    for (const file of documents.files)
      show(await answer(plugin, { path: file.name, markdown: await file.text() }))
  } catch (error) {
    outcome = error.code ?? error.message
  }
  addRow('runs', [plugin.name, String(documents.files.length), outcome, plugin.digest])
  await plugin.close()
  state.value = 'Done.'
  button.disabled = false
}

/** A renderer makes a page of a document, an analyzer says something about it. */
async function answer(plugin, doc) {
  const { 'acme:site/render': renderer, 'acme:site/analyze': analyzer } = plugin.exports
  if (renderer !== undefined) return (await renderer.render(doc)).html
  const { words, readingMinutes, toc } = await analyzer.analyze(doc, [])
  return `<p>${words} words, ${readingMinutes} minutes</p>${toc}`
}

/** What a plugin answers is shown where no script of it runs. */
function show(html) {
  document.querySelector('iframe').srcdoc = html
}

/** Every row once. */
function addRow(table, texts) {
  const body = document.getElementById(table)
  const row = document.createElement('tr')
  for (const text of texts) row.insertCell().textContent = text
  const isKnown = [...body.rows].some(({ textContent }) => textContent === row.textContent)
  if (table === 'runs' || !isKnown) body.append(row)
}
