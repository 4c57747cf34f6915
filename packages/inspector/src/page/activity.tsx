import { signal } from '@preact/signals'
import type { Entry } from '../protocol.js'
import { CallRows, EventRows, FaultRows, LogRows, UseRows } from './entries.js'
import { EntryPanel } from './entry-panel.js'
import { PluginPanel } from './plugin-panel.js'
import { calls, chosenRow, entry, faults, lives, logs, type Tab, tab, uses } from './store.js'

const TABS: readonly (readonly [Tab, string])[] = [
  ['uses', 'Uses'],
  ['calls', 'Calls'],
  ['log', 'Log'],
  ['faults', 'Faults'],
  ['events', 'Events'],
  ['plugin', 'Plugin'],
]

const onlyDenied = signal(false)

/** What the chosen plugin does, or all of them. */
export function Activity() {
  const row = chosenRow.value
  return (
    <section class="activity" aria-label={row === null ? 'All plugins' : `Plugin ${row.name}`}>
      <div class="bar">
        <h2>{row?.name ?? 'All plugins'}</h2>
        <Tabs />
        {tab.value === 'uses' && (
          <label class="check">
            <input
              type="checkbox"
              checked={onlyDenied.value}
              onChange={({ currentTarget }) => {
                onlyDenied.value = currentTarget.checked
              }}
            />
            Denied only
          </label>
        )}
      </div>
      <div class="tab" role="tabpanel" id="tab" aria-labelledby={`tab-${tab.value}`}>
        <Content />
      </div>
    </section>
  )
}

function Content() {
  const name = chosenRow.value?.name
  const ofChosen = <T extends Entry>(all: readonly T[]) =>
    name === undefined ? all : all.filter(({ plugin }) => plugin === name)
  if (tab.value === 'plugin') return <PluginPanel />
  return (
    <>
      {tab.value === 'uses' && (
        <UseRows items={ofChosen(uses.value).filter(({ isAllowed }) => !isAllowed || !onlyDenied.value)} />
      )}
      {tab.value === 'calls' && <CallRows items={ofChosen(calls.value)} />}
      {tab.value === 'log' && <LogRows items={ofChosen(logs.value)} />}
      {tab.value === 'faults' && <FaultRows items={ofChosen(faults.value)} />}
      {tab.value === 'events' && <EventRows items={ofChosen(lives.value)} />}
      <EntryPanel />
    </>
  )
}

function Tabs() {
  const go = (step: number) => {
    const at = TABS.findIndex(([name]) => name === tab.value)
    const [next] = TABS[(at + step + TABS.length) % TABS.length] as (typeof TABS)[number]
    open(next)
    document.getElementById(`tab-${next}`)?.focus()
  }
  return (
    <div
      role="tablist"
      aria-label="What to show"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'ArrowRight') go(1)
        else if (event.key === 'ArrowLeft') go(-1)
      }}
    >
      {TABS.map(([name, title]) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`tab-${name}`}
          aria-selected={tab.value === name}
          aria-controls="tab"
          tabIndex={tab.value === name ? 0 : -1}
          onClick={() => open(name)}
        >
          {title}
        </button>
      ))}
    </div>
  )
}

function open(next: Tab): void {
  tab.value = next
  entry.value = null
}
