import type { CallEntry, Entry, FaultEntry, LifeEntry, LogEntry, UseEntry } from '../protocol.js'
import { clock, milliseconds } from './format.js'
import { type Column, Rows } from './rows.js'
import { chosen, entry } from './store.js'

interface Items<T> {
  readonly items: readonly T[]
}

/** Uses of capabilities, newest first. */
export function UseRows({ items }: Items<UseEntry>) {
  return (
    <List
      label="Uses of capabilities"
      class="use-rows"
      items={items}
      isMarked={({ isAllowed }) => !isAllowed}
      empty="Nothing has been used while this page was open."
      columns={[
        { title: 'Decision', cell: ({ isAllowed }) => (isAllowed ? 'allowed' : <b class="bad">denied</b>) },
        { title: 'Use', cell: ({ capability, operation }) => `${capability} ${operation}` },
        { title: 'Target', cell: ({ target }) => target },
        { title: 'Rule or reason', cell: ({ rule, reason }) => rule ?? reason ?? '' },
      ]}
    />
  )
}

/** Calls, each with where its time went. */
export function CallRows({ items }: Items<CallEntry>) {
  const scale = scaleOf(items)
  return (
    <>
      <p class="legend">
        <span class="waited" /> waited for an instance <span class="ran" /> ran <span class="asked" /> waited
        for the application <span class="scale">full width: {milliseconds(scale)}</span>
      </p>
      <List
        label="Calls"
        class="call-rows"
        items={items}
        isMarked={({ error }) => error !== null}
        empty="No call has ended while this page was open."
        columns={[
          { title: 'Export', cell: (call) => call.export },
          { title: 'Time', align: 'end', cell: ({ durationMs }) => milliseconds(durationMs) },
          { title: 'Where it went', cell: (call) => <Bar call={call} scale={scale} /> },
          {
            title: 'Outcome',
            cell: ({ error }) => (error === null ? 'ok' : <b class="bad">{error.code}</b>),
          },
        ]}
      />
    </>
  )
}

/** The longest of nineteen in twenty: one long call does not make all others dots. */
function scaleOf(items: readonly CallEntry[]): number {
  const times = items.map(({ durationMs }) => durationMs).sort((a, b) => a - b)
  return times[Math.floor((times.length - 1) * 0.95)] ?? 0
}

function Bar({ call, scale }: { call: CallEntry; scale: number }) {
  const { durationMs, waitedMs, hostMs } = call
  const ranMs = Math.max(0, durationMs - waitedMs - hostMs)
  const width = (ms: number) => `${Math.min(100, (ms / (scale || 1)) * 100)}%`
  const parts = `waited ${milliseconds(waitedMs)}, ran ${milliseconds(ranMs)}, application ${milliseconds(hostMs)}`
  return (
    <span class={durationMs > scale ? 'times cut' : 'times'} role="img" aria-label={parts} title={parts}>
      <span class="waited" style={{ width: width(waitedMs) }} />
      <span class="ran" style={{ width: width(ranMs) }} />
      <span class="asked" style={{ width: width(hostMs) }} />
    </span>
  )
}

export function LogRows({ items }: Items<LogEntry>) {
  return (
    <List
      label="Log"
      class="log-rows"
      items={items}
      isMarked={({ level }) => level === 'error'}
      empty="Nothing has been written while this page was open."
      columns={[
        { title: 'Level', cell: ({ level }) => (level === 'error' ? <b class="bad">{level}</b> : level) },
        { title: 'Line', cell: ({ message }) => message },
      ]}
    />
  )
}

export function FaultRows({ items }: Items<FaultEntry>) {
  return (
    <List
      label="Faults"
      class="fault-rows"
      items={items}
      empty="No plugin has failed while this page was open."
      columns={[
        { title: 'Code', cell: ({ error }) => <b class="bad">{error.code}</b> },
        { title: 'Export', cell: (fault) => fault.export },
        { title: 'Where', cell: ({ frames }) => frames.find(({ place }) => place !== '')?.place ?? '' },
        { title: 'Message', cell: ({ error }) => error.message },
      ]}
    />
  )
}

export function EventRows({ items }: Items<LifeEntry>) {
  return (
    <List
      label="Events"
      class="life-rows"
      items={items}
      isMarked={({ isBad }) => isBad}
      empty="Nothing has happened while this page was open."
      columns={[
        { title: 'Event', cell: ({ event, isBad }) => (isBad ? <b class="bad">{event}</b> : event) },
        { title: 'What', cell: ({ text }) => text },
      ]}
    />
  )
}

interface ListProps<T> {
  readonly label: string
  readonly class: string
  readonly items: readonly T[]
  readonly columns: readonly Column<T>[]
  readonly isMarked?: (item: T) => boolean
  readonly empty: string
}

/** Entries with the time of each, and its plugin where there are several. */
function List<T extends Entry>({ columns, ...props }: ListProps<T>) {
  const isOfOne = chosen.value !== null
  const all: Column<T>[] = [
    { title: 'Time', cell: ({ at }) => clock(at) },
    ...(isOfOne ? [] : [{ title: 'Plugin', cell: ({ plugin }: T) => plugin }]),
    ...columns,
  ]
  return (
    <Rows
      {...props}
      class={isOfOne ? props.class : `${props.class} of-all`}
      columns={all}
      grows
      keyOf={({ sequence }) => sequence}
      selected={entry.value?.sequence ?? null}
      onSelect={(item) => {
        entry.value = item
      }}
      onOpen={() => document.getElementById('entry')?.focus()}
    />
  )
}
