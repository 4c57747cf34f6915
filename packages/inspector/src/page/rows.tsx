import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

export interface Column<T> {
  readonly title: string
  /** Of the words in it, `end` are numbers. */
  readonly align?: 'end'
  readonly sort?: () => void
  readonly sorted?: 'ascending' | 'descending' | undefined
  cell(item: T): ComponentChildren
}

export interface RowsProps<T> {
  readonly label: string
  /** Of the grid of its columns. */
  readonly class: string
  readonly items: readonly T[]
  readonly columns: readonly Column<T>[]
  readonly keyOf: (item: T) => number
  readonly selected: number | null
  readonly onSelect: (item: T) => void
  readonly onOpen?: (item: T) => void
  readonly isMarked?: (item: T) => boolean
  /** What stands where there is nothing. */
  readonly empty: string
  /** Whether new items come at the top: who has gone down is not moved by them. */
  readonly grows?: boolean
}

/** Pixels of a row, as in the style. */
const HEIGHT = 24
/** Rows beyond those that are seen. */
const SPARE = 6

/** A table of which the rows that are seen are drawn, however many there are. */
export function Rows<T>(props: RowsProps<T>) {
  const { label, columns, keyOf, selected, onSelect, onOpen, isMarked, empty } = props
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 600 })
  const { items, newer, follow } = useResting(props, view.top > 0)
  const look = () => {
    const { scrollTop: top = 0, clientHeight: height = 0 } = box.current ?? {}
    setView((before) => (before.top === top && before.height === height ? before : { top, height }))
  }
  useEffect(() => {
    const observer = new ResizeObserver(look)
    if (box.current !== null) observer.observe(box.current)
    return () => observer.disconnect()
  }, [])
  const first = Math.max(0, Math.floor(view.top / HEIGHT) - SPARE)
  const last = Math.min(items.length, Math.ceil((view.top + view.height) / HEIGHT) + SPARE)
  const at = selected === null ? -1 : items.findIndex((item) => keyOf(item) === selected)
  const id = (index: number) => `${props.class}-${index}`

  const move = (to: number) => {
    const item = items[Math.min(items.length - 1, Math.max(0, to))]
    if (item === undefined || box.current === null) return
    onSelect(item)
    const y = Math.min(items.length - 1, Math.max(0, to)) * HEIGHT
    const { scrollTop, clientHeight } = box.current
    // The titles cover one row.
    if (y < scrollTop) box.current.scrollTop = y
    else if (y + 2 * HEIGHT > scrollTop + clientHeight) box.current.scrollTop = y + 2 * HEIGHT - clientHeight
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(view.height / HEIGHT) - 2)
    const steps = new Map([
      ['ArrowDown', at + 1],
      ['ArrowUp', at - 1],
      ['PageDown', at + page],
      ['PageUp', at - page],
      ['Home', 0],
      ['End', items.length - 1],
    ])
    const to = steps.get(event.key)
    const current = items[at]
    if (to !== undefined) move(to)
    else if (event.key === 'Enter' && current !== undefined && event.target === box.current) onOpen?.(current)
    else return
    event.preventDefault()
  }

  return (
    <div class="rows">
      <div
        ref={box}
        class={`grid ${props.class}`}
        role="grid"
        aria-label={label}
        aria-rowcount={items.length + 1}
        aria-activedescendant={at >= first && at < last ? id(at) : undefined}
        tabIndex={0}
        onScroll={look}
        onKeyDown={onKeyDown}
      >
        <Titles columns={columns} />
        <div role="rowgroup" class="body" style={{ height: `${items.length * HEIGHT}px` }}>
          {items.slice(first, last).map((item, i) => (
            <div
              key={keyOf(item)}
              id={id(first + i)}
              role="row"
              aria-rowindex={first + i + 2}
              aria-selected={first + i === at}
              class={isMarked?.(item) === true ? 'row marked' : 'row'}
              style={{ transform: `translateY(${(first + i) * HEIGHT}px)` }}
              // A second press opens, and selects no text.
              onMouseDown={(event) => event.detail > 1 && event.preventDefault()}
              onClick={() => onSelect(item)}
              onDblClick={() => onOpen?.(item)}
            >
              {columns.map((column) => (
                <span key={column.title} role="gridcell" class={column.align}>
                  {column.cell(item)}
                </span>
              ))}
            </div>
          ))}
        </div>
      </div>
      {items.length === 0 && <p class="empty">{empty}</p>}
      {newer > 0 && (
        <button
          type="button"
          class="newer"
          onClick={() => {
            follow()
            box.current?.scrollTo(0, 0)
          }}
        >
          {newer} newer
        </button>
      )}
    </div>
  )
}

function Titles<T>({ columns }: { columns: readonly Column<T>[] }) {
  return (
    <div role="row" aria-rowindex={1} class="row titles">
      {columns.map(({ title, align, sort, sorted }) => (
        <span key={title} role="columnheader" class={align} aria-sort={sort && (sorted ?? 'none')}>
          {sort === undefined ? (
            title
          ) : (
            <button type="button" onClick={sort}>
              {title}
              <span aria-hidden="true">
                {sorted === undefined ? '' : sorted === 'ascending' ? ' ↑' : ' ↓'}
              </span>
            </button>
          )}
        </span>
      ))}
    </div>
  )
}

/** The items as they were when a person left the top, until they come back: what one reads does not move. */
function useResting<T>({ items, keyOf, grows = false }: RowsProps<T>, isAway: boolean) {
  const kept = useRef<readonly T[]>(items)
  const [, follow] = useState({})
  const rests = grows && isAway
  useLayoutEffect(() => {
    if (!rests) kept.current = items
  })
  if (!rests) return { items, newer: 0, follow: () => {} }
  const [newest] = kept.current
  const index = newest === undefined ? -1 : items.findIndex((item) => keyOf(item) === keyOf(newest))
  return {
    items: kept.current,
    newer: index === -1 ? items.length : index,
    follow() {
      kept.current = items
      follow({})
    },
  }
}
