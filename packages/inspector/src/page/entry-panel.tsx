import type { ComponentChildren } from 'preact'
import { missingGrant } from '../missing-grant.js'
import type { Entry, FaultEntry, ShownError, UseEntry } from '../protocol.js'
import { Code } from './code.js'
import { clock, milliseconds } from './format.js'
import { askRevoke } from './levers.js'
import { chosen, entry, hello, inCall, plugins, tab } from './store.js'

/** All about the entry that was chosen. */
export function EntryPanel() {
  const { value: one } = entry
  if (one === null) return null
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: Enter on a row leads here, and what is long is scrolled.
    <section class="entry" id="entry" tabIndex={0} aria-label="The chosen entry">
      <button
        type="button"
        class="close"
        aria-label="Close"
        onClick={() => {
          entry.value = null
        }}
      >
        ×
      </button>
      <Body of={one} />
      <During of={one} />
    </section>
  )
}

function Body({ of }: { of: Entry }) {
  switch (of.kind) {
    case 'use':
      return of.isAllowed ? <Allowed use={of} /> : <Denied use={of} />
    case 'call':
      return (
        <>
          <Title plugin={of.plugin}>
            call {of.call} of <code>{of.export}</code>
          </Title>
          <p>
            Ended at {clock(of.at)} after {milliseconds(of.durationMs)}; waited {milliseconds(of.waitedMs)}{' '}
            for an instance and {milliseconds(of.hostMs)} for the application.
          </p>
          {of.error !== null && <Failure error={of.error} />}
        </>
      )
    case 'log':
      return (
        <>
          <Title plugin={of.plugin}>
            wrote to {of.stream} at {clock(of.at)}
          </Title>
          <pre>{of.message}</pre>
        </>
      )
    case 'fault':
      return <Fault fault={of} />
    case 'life':
      return (
        <Title plugin={of.plugin}>
          {of.event}: {of.text}
        </Title>
      )
  }
}

function Title({ plugin, children }: { plugin: string; children: ComponentChildren }) {
  return (
    <h3>
      <bdi>{plugin}</bdi> {children}
    </h3>
  )
}

function Allowed({ use }: { use: UseEntry }) {
  const { rule } = use
  const number = numberOf(use.plugin)
  return (
    <>
      <Title plugin={use.plugin}>
        {use.capability} {use.operation}, allowed at {clock(use.at)}
      </Title>
      <pre>{use.target}</pre>
      {rule !== null && (
        <p>
          By the rule <code>{rule}</code>.{' '}
          {number !== undefined && !hello.value.readOnly && (
            <button type="button" onClick={() => askRevoke({ number, name: use.plugin }, rule)}>
              Revoke this rule
            </button>
          )}
        </p>
      )}
    </>
  )
}

/** What is missing, as a person would write it, and the way to where the plugin asks for it. */
function Denied({ use }: { use: UseEntry }) {
  const { says, manifest, grant } = missingGrant(use)
  const number = numberOf(use.plugin)
  return (
    <>
      <Title plugin={use.plugin}>
        {use.capability} {use.operation}, <b class="bad">denied</b> at {clock(use.at)}
      </Title>
      <pre>{use.target}</pre>
      <p>{says}</p>
      {manifest !== null && <Code label="For capabilities of wasm-plugin.json" text={manifest} />}
      {grant !== null && <Code label="For the grants of host.load" text={grant} />}
      {number !== undefined && (
        <p>
          <button
            type="button"
            onClick={() => {
              chosen.value = number
              tab.value = 'plugin'
            }}
          >
            What {use.plugin} asks for and has
          </button>
        </p>
      )}
    </>
  )
}

function Fault({ fault }: { fault: FaultEntry }) {
  return (
    <>
      <Title plugin={fault.plugin}>
        failed in <code>{fault.export}</code> at {clock(fault.at)}
      </Title>
      <Failure error={fault.error} />
      {fault.frames.length > 0 && (
        <ol class="frames" aria-label="Where, innermost first">
          {fault.frames.map(({ function: name, place }, i) => (
            <li key={i}>
              <code>{name}</code> <span class="quiet">{place}</span>
            </li>
          ))}
        </ol>
      )}
    </>
  )
}

function Failure({ error }: { error: ShownError }) {
  return (
    <>
      <p>
        <b class="bad">{error.code}</b> {error.message}
      </p>
      <p class="quiet">{error.hint}</p>
    </>
  )
}

/** What else the page was told of the same call. */
function During({ of }: { of: Entry }) {
  const all = inCall(of)
  if (all.length === 0) return null
  return (
    <>
      <h4>In the same call</h4>
      <ol class="during">
        {all.slice(0, MAX_DURING).map((one) => (
          <li key={one.sequence}>
            <span class="quiet">{clock(one.at)}</span> {lineOf(one)}
          </li>
        ))}
      </ol>
      {all.length > MAX_DURING && <p class="quiet">and {all.length - MAX_DURING} more</p>}
    </>
  )
}

const MAX_DURING = 100

function lineOf(one: Entry): string {
  switch (one.kind) {
    case 'use':
      return `${one.isAllowed ? 'allowed' : 'denied'} ${one.capability} ${one.operation} ${one.target}`
    case 'log':
      return one.message
    case 'fault':
      return `${one.error.code} ${one.error.message}`
    case 'call':
      return one.export
    case 'life':
      return one.text
  }
}

/** Of the plugin that has this name now. */
function numberOf(name: string): number | undefined {
  for (const row of plugins.value.values()) if (row.name === name) return row.number
  return undefined
}
