import type { HostEvent, PluginError } from '@wasm-plugin/host'
import { showText } from '@wasm-plugin/runtime/text'
import type { Entry, LifeEntry, ShownError } from '../protocol.js'
import type { Share } from './sampler.js'

/** Characters of a name, of what was used, of a line and of a message. */
const MAX_NAME = 120
const MAX_TARGET = 500
const MAX_LINE = 1_000
const MAX_FRAMES = 20

/** Which events keep it from being shown. */
export function shareOf({ type }: HostEvent): Share {
  return type === 'denied' || type === 'allowed' || type === 'call' || type === 'log' ? type : 'rare'
}

/** An event as the page shows it: short, and with no character that is not seen. */
export function entryOf(event: HostEvent, at: number): Entry {
  const { sequence, plugin } = event
  const common = { sequence, at, plugin: name(plugin) }
  switch (event.type) {
    case 'allowed':
    case 'denied': {
      const { capability, operation, target, rule, reason = null, call = null } = event
      const use = {
        capability: name(capability),
        operation: name(operation),
        target: showText(target, MAX_TARGET),
      }
      const isAllowed = event.type === 'allowed'
      return {
        kind: 'use',
        ...common,
        ...use,
        isAllowed,
        rule: rule && showText(rule, MAX_TARGET),
        reason,
        call,
      }
    }
    case 'call': {
      const { id, durationMs, waitedMs, hostMs, error } = event
      const times = { durationMs, waitedMs, hostMs }
      return {
        kind: 'call',
        ...common,
        call: id,
        export: name(event.export),
        ...times,
        error: error ? shown(error) : null,
      }
    }
    case 'log': {
      const { level, stream, message, call = null } = event
      return { kind: 'log', ...common, level, stream, message: showText(message, MAX_LINE), call }
    }
    case 'fault': {
      const { kind: fault, call, error } = event
      return {
        ...{ kind: 'fault', ...common, fault, call, export: name(event.export), error: shown(error) },
        frames: (error.frames ?? []).slice(0, MAX_FRAMES).map((frame) => ({
          function: name(frame.function ?? '(unknown)'),
          place: placeOf(frame),
        })),
      }
    }
    default:
      return { kind: 'life', ...common, event: event.type, ...lifeOf(event) }
  }
}

/** An error as the page shows it. */
export function shown({ code, message, hint }: PluginError | ShownError): ShownError {
  return { code, message: showText(message, MAX_LINE), hint: showText(hint, MAX_LINE) }
}

type Life = Exclude<HostEvent, { type: 'allowed' | 'denied' | 'call' | 'log' | 'fault' }>

function lifeOf(event: Life): Pick<LifeEntry, 'text' | 'isBad'> {
  switch (event.type) {
    case 'loaded':
      return fine(`loaded in ${Math.round(event.durationMs)} ms`)
    case 'updated':
      return fine(`updated to ${short(event.digest)}`)
    case 'updateFailed':
      return bad(`runs on as it was: ${event.error.message}`)
    case 'rolledBack':
      return bad(`is ${short(event.digest)} again: ${event.faults} of ${event.calls} calls were faults`)
    case 'suspended':
      return bad(`takes no calls for ${event.retryMs} ms`)
    case 'resumed':
      return fine('takes calls again')
    case 'budget':
      return bad(
        `${event.budget} are used up (${event.max})${event.evicted ? `; ended ${event.evicted}` : ''}`,
      )
    case 'auditIncomplete':
      return bad(`its audit file is not complete: ${event.reason}`)
    case 'scratchLeft':
      return bad(`its scratch directory could not be removed: ${event.reason}`)
    case 'closed':
      return fine('closed')
    default:
      return fine('')
  }
}

const fine = (text: string) => ({ text: showText(text, MAX_LINE), isBad: false })
const bad = (text: string) => ({ text: showText(text, MAX_LINE), isBad: true })

/** `sha256:` and the first twelve digits. */
const short = (digest: string) => digest.slice(0, 'sha256:'.length + 12)

function placeOf({
  file,
  line,
  column,
}: {
  file: string | null
  line: number | null
  column: number | null
}): string {
  if (file === null) return ''
  return [showText(file, MAX_NAME), line, column].filter((part) => part !== null).join(':')
}

function name(of: string): string {
  return showText(of, MAX_NAME)
}
