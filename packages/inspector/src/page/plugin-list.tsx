import { signal } from '@preact/signals'
import type { Row } from '../protocol.js'
import { bytes, count, milliseconds } from './format.js'
import { type Column, Rows } from './rows.js'
import { chosen, entry, plugins, tab } from './store.js'

type Sortable = Exclude<{ [K in keyof Row]: Row[K] extends number | string ? K : never }[keyof Row], 'digest'>

const filter = signal('')
const order = signal<{ by: Sortable; isDown: boolean }>({ by: 'number', isDown: false })

/** All plugins, of which one may be chosen. */
export function PluginList() {
  const wanted = filter.value.toLowerCase()
  const rows = [...plugins.value.values()]
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .sort(byOrder)
  return (
    <section class="plugins" aria-label="Plugins">
      <div class="bar">
        <input
          type="search"
          aria-label="Filter plugins by name"
          placeholder="Filter"
          value={filter.value}
          onInput={({ currentTarget }) => {
            filter.value = currentTarget.value
          }}
        />
        <button type="button" disabled={chosen.value === null} onClick={() => choose(null)}>
          All plugins
        </button>
      </div>
      <Rows
        label="Plugins"
        class="plugin-rows"
        items={rows}
        columns={columns()}
        keyOf={({ number }) => number}
        selected={chosen.value}
        onSelect={({ number }) => choose(number)}
        onOpen={({ number }) => {
          choose(number)
          tab.value = 'plugin'
        }}
        isMarked={({ state }) => state === 'suspended'}
        empty={wanted === '' ? 'No plugin is loaded.' : 'No plugin has such a name.'}
      />
    </section>
  )
}

function choose(number: number | null): void {
  chosen.value = number
  entry.value = null
}

function columns(): Column<Row>[] {
  return [
    { ...sorted('name', 'Name'), cell: ({ name }) => name },
    { title: 'Version', cell: ({ version }) => version ?? '' },
    { ...sorted('state', 'State'), cell: ({ state }) => state },
    { ...sorted('calls', 'Calls'), align: 'end', cell: ({ calls }) => count(calls) },
    { ...sorted('failures', 'Failed'), align: 'end', cell: ({ failures }) => <Bad of={failures} /> },
    { ...sorted('denials', 'Denied'), align: 'end', cell: ({ denials }) => <Bad of={denials} /> },
    { ...sorted('p50Ms', 'p50'), align: 'end', cell: ({ p50Ms }) => milliseconds(p50Ms) },
    { ...sorted('p99Ms', 'p99'), align: 'end', cell: ({ p99Ms }) => milliseconds(p99Ms) },
    { ...sorted('memoryBytes', 'Memory'), align: 'end', cell: ({ memoryBytes }) => bytes(memoryBytes) },
  ]
}

function Bad({ of }: { of: number }) {
  return of === 0 ? <span class="zero">0</span> : <b class="bad">{count(of)}</b>
}

function sorted(by: Sortable, title: string): Pick<Column<Row>, 'title' | 'sort' | 'sorted'> {
  const { by: now, isDown } = order.value
  const sort = () => {
    // Who sorts by a figure wants the largest first.
    order.value = now === by ? { by, isDown: !isDown } : { by, isDown: by !== 'name' && by !== 'state' }
  }
  return { title, sort, sorted: now === by ? (isDown ? 'descending' : 'ascending') : undefined }
}

function byOrder(a: Row, b: Row): number {
  const { by, isDown } = order.value
  const [x, y] = isDown ? [b[by], a[by]] : [a[by], b[by]]
  if (x === y) return a.number - b.number
  return x < y ? -1 : 1
}
