import { connection } from './api.js'
import { bytes, count } from './format.js'
import { hello, host, pace, rates } from './store.js'

const STATES = { connecting: 'Connecting', open: 'Live', lost: 'Not connected', refused: 'Refused' }

/** The host as a whole, and how much of what happens is shown. */
export function TopBar() {
  const { value: now } = host
  return (
    <header>
      <h1>Plugins</h1>
      <p class={`live ${connection.value}`}>{STATES[connection.value]}</p>
      {hello.value.readOnly && connection.value === 'open' && <p class="quiet">Read-only</p>}
      {now !== null && (
        <dl>
          <Figure name="Loaded" value={count(now.plugins)} />
          <Figure name="Instances" value={count(now.instances)} />
          <Figure name="Threads" value={count(now.threads)} />
          {now.processes > 0 && <Figure name="Processes" value={count(now.processes)} />}
          <Figure name="Memory" value={bytes(now.memoryBytes)} />
          <Figure name="Waiting" value={count(now.waiting)} />
          <Figure name="Failed" value={count(now.failures)} />
        </dl>
      )}
      <Pace />
      <Sampled />
    </header>
  )
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

/** Calls in each second of the last minute. */
function Pace() {
  const { value: seconds } = pace
  const most = Math.max(1, ...seconds)
  const now = seconds.at(-1) ?? 0
  return (
    <div class="pace">
      <svg
        viewBox="0 0 120 20"
        role="img"
        aria-label={`Calls in a second of the last minute, at most ${count(most)}`}
      >
        {seconds.map((calls, i) => {
          const height = (calls / most) * 20
          const x = 120 - (seconds.length - i) * 2
          return <rect key={x} x={x} y={20 - height} width="1.5" height={height} />
        })}
      </svg>
      <span>{count(now)} calls/s</span>
    </div>
  )
}

function Sampled() {
  const { events, shown } = rates.value
  if (shown >= events) return <p class="quiet">{count(events)} events/s</p>
  return (
    <p
      class="quiet"
      title={`At most ${hello.value.eventsPerSecond} events in a second are shown. Figures count all.`}
    >
      A sample: {count(shown)} of {count(events)} events/s
    </p>
  )
}
