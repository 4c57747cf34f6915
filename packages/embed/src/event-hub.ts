import { EventEmitter } from 'eventemitter3'
import { checkEventName, type HostEvent, type HostEvents, type NamedEvents } from './events.js'
import { guarded } from './guarded.js'

/** The events of a host, and who listens to them. */
export class EventHub {
  readonly #events = new EventEmitter<HostEvents>()
  /** Plugins that report more when somebody listens, told whenever that changed. */
  readonly #onListener = new Set<() => void>()
  #sequence = 0

  /** @throws {OPTIONS_INVALID} there is no such event, or the listener is no function */
  add<K extends keyof HostEvents>(way: 'on' | 'once' | 'off', event: K, listener: HostEvents[K]): void {
    if (way !== 'off') checkEventName(event)
    this.#events[way](event, guarded(listener) as never)
    for (const added of this.#onListener) added()
  }

  emit<K extends keyof NamedEvents>(type: K, payload: Parameters<NamedEvents[K]>[0]): void {
    const sequence = ++this.#sequence
    this.#events.emit(type, ...([payload] as never))
    if (this.#events.listenerCount('event') > 0)
      this.#events.emit('event', Object.freeze({ type, sequence, ...payload }) as unknown as HostEvent)
  }

  listens(event: keyof NamedEvents): boolean {
    return this.#events.listenerCount(event) + this.#events.listenerCount('event') > 0
  }

  /** Calls back whenever the listeners changed; the answer ends that. */
  onListener(changed: () => void): () => void {
    this.#onListener.add(changed)
    return () => this.#onListener.delete(changed)
  }
}
