import { beforeEach } from 'vitest'

const NO_CONTEXT =
  'a page does not know what made a call once something was awaited: such a call ends at its deadline'
const PATHS = 'a path is a URL here, which a server answers for'

/** Single tests of the shared files that a page fails for a reason, by their names. */
export const leftOut: ReadonlyMap<string, string> = new Map([
  ['gets its answer from another instance, until each of them waits', NO_CONTEXT],
  ['finds two that wait for each other', NO_CONTEXT],
  [
    'E9: Is called again by a function of the application that it called: that call is refused at once with a code; the plugin lives',
    NO_CONTEXT,
  ],
  [
    'whose constructor fails and that are never used, say so when they are given up',
    'waits for a warning of the process',
  ],
  [
    'when the next in the queue is aborted at the moment that the instance is free',
    'a page hears of several answers of a lane at once, so that the next has run by then',
  ],
  ['fails the run when it fails: in a process', 'a page has no processes'],
  ['is there while it computes, and when it is ended: in a process', 'a page has no processes'],
  [
    'I25: Names its functions as the host does its own, as the engine does what is no function, and so that they drive a terminal: all of it is time of the plugin, under names that are shown as what they are',
    'a page has no profiler',
  ],
  ['fails as load does with what is no plugin', PATHS],
  ['is not what paths and URLs are', PATHS],
])

const SHARED = 'needs memory that the page shares with its threads'

/** Of these, those that fail in a page that is not isolated alone. */
export const leftOutSuspended: ReadonlyMap<string, string> = new Map([
  ['is also told when it passed through another plugin', NO_CONTEXT],
  ['are the same for all threads of a plugin', SHARED],
  ['outlast deadlines, faults and the plugin', SHARED],
  ['are read while the plugin changes them', SHARED],
  [
    'A115: Returns texts beyond its memory, texts that are no UTF-8, and cases and chars that there are not, from a function whose values are copied to shared memory: the call fails as it does for a plugin without a thread, and the next one has a fresh instance',
    SHARED,
  ],
])

beforeEach(({ task, skip }) => {
  const suspended = globalThis.crossOriginIsolated ? undefined : leftOutSuspended.get(task.name)
  const reason = leftOut.get(task.name) ?? suspended
  if (reason !== undefined) skip(reason)
})
