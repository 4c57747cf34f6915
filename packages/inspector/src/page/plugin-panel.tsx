import { useEffect } from 'preact/hooks'
import type { Asked, Detail } from '../protocol.js'
import { count, shortDigest } from './format.js'
import { askNarrow, askRevoke, askUnload, askUpdate, detail, record, refresh, save } from './levers.js'
import { chosenRow, hello } from './store.js'

/** What the chosen plugin is, asks for and has, and what a person can do about it. */
export function PluginPanel() {
  const row = chosenRow.value
  // Asked for again whenever something of it may have changed.
  const state = row && `${row.number} ${row.digest} ${row.denials} ${row.failures} ${row.state}`
  useEffect(() => {
    if (row !== null) void refresh(row.number)
  }, [state])
  if (row === null) return <p class="empty">Choose a plugin in the list.</p>
  const { value: plugin } = detail
  if (plugin === null || plugin.number !== row.number) return <p class="empty">…</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is long is scrolled by keys.
    <section class="plugin" tabIndex={0} aria-label="The plugin">
      {plugin.description !== null && <p>{plugin.description}</p>}
      <Facts plugin={plugin} />
      <Levers plugin={plugin} />
      <Rules plugin={plugin} />
      <Refused plugin={plugin} />
      <Counts title="Denied" of={plugin.denials} />
      <Counts title="Failed" of={plugin.errors} />
    </section>
  )
}

function Facts({ plugin }: { plugin: Detail }) {
  const facts: [string, string | null][] = [
    ['Version', plugin.version],
    ['Id', plugin.id],
    ['World', plugin.world],
    ['Digest', `sha256:${shortDigest(plugin.digest)}…`],
    ['Signer', plugin.signer],
    ...plugin.figures.map(([name, value]): [string, string] => [name, value]),
  ]
  return (
    <dl class="facts">
      {facts
        .filter(([, value]) => value !== null)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd title={name === 'Digest' ? plugin.digest : undefined}>{value}</dd>
          </div>
        ))}
    </dl>
  )
}

function Levers({ plugin }: { plugin: Detail }) {
  if (hello.value.readOnly) return null
  const { recording } = plugin
  const isOn = recording?.isOn === true
  return (
    <div class="levers">
      <button type="button" onClick={() => askNarrow(plugin)}>
        Narrow…
      </button>
      <label class="button">
        Update…
        <input
          type="file"
          accept=".wasm"
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? []
            if (file !== undefined) askUpdate(plugin, file)
            currentTarget.value = ''
          }}
        />
      </label>
      <button type="button" aria-pressed={isOn} onClick={() => record(plugin, !isOn)}>
        {isOn ? 'Stop recording' : 'Record'}
      </button>
      {recording !== null && (
        <button type="button" onClick={() => save(plugin)}>
          Save {isOn ? 'what is recorded' : `${count(recording.events)} events`}
        </button>
      )}
      {recording?.isFull === true && <span class="quiet">No more is kept.</span>}
      <button type="button" class="does" onClick={() => askUnload(plugin)}>
        Unload…
      </button>
    </div>
  )
}

/** What it may use, each of which can be taken back. */
function Rules({ plugin }: { plugin: Detail }) {
  return (
    <>
      <h3>May use</h3>
      {plugin.rules.length === 0 && <p class="quiet">Nothing.</p>}
      <ul class="rules">
        {plugin.rules.map((rule) => (
          <li key={rule}>
            <code>{rule}</code>
            {!hello.value.readOnly && (
              <button type="button" aria-label={`Revoke ${rule}`} onClick={() => askRevoke(plugin, rule)}>
                Revoke
              </button>
            )}
          </li>
        ))}
      </ul>
      {plugin.unasked.length > 0 && (
        <p class="quiet">Granted in vain, since it does not ask: {plugin.unasked.join(', ')}</p>
      )}
    </>
  )
}

/** What it asks for and does not have, with its author's reason. */
function Refused({ plugin }: { plugin: Detail }) {
  if (plugin.asked === null) return <p class="quiet">It has no manifest: what is granted is given.</p>
  return (
    <>
      <h3>Asks for and does not have</h3>
      {plugin.refused.length === 0 && <p class="quiet">Nothing.</p>}
      <Requests all={plugin.refused} />
      <h3>Asks for</h3>
      {plugin.asked.length === 0 && <p class="quiet">Nothing.</p>}
      <Requests all={plugin.asked} />
    </>
  )
}

function Requests({ all }: { all: readonly Asked[] }) {
  return (
    <ul class="rules">
      {all.map(({ capability, text, reason }) => (
        <li key={`${capability} ${text}`}>
          <code>
            {capability} {text}
          </code>
          {reason !== '' && <q>{reason}</q>}
        </li>
      ))}
    </ul>
  )
}

function Counts({ title, of }: { title: string; of: Detail['errors'] }) {
  if (of.length === 0) return null
  return (
    <>
      <h3>{title}</h3>
      <ul class="rules">
        {of.map(([name, times]) => (
          <li key={name}>
            <code>{name}</code> {count(times)}
          </li>
        ))}
      </ul>
    </>
  )
}
