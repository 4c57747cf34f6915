/** The first descriptor that a service manager passes. */
const FIRST = 3
/** `FileDescriptorName=` of the socket that is for metrics. */
const METRICS = 'metrics'

/** A socket that listens already. */
export interface PassedSocket {
  readonly fd: number
  readonly isMetrics: boolean
}

/**
 * The sockets that a service manager has opened for the process `pid`, as `sd_listen_fds` finds them. Variables that are for
 * another process, such as one that started this one, are none of ours.
 */
export function passedSockets(
  { LISTEN_PID, LISTEN_FDS = '', LISTEN_FDNAMES = '' }: Readonly<Record<string, string | undefined>>,
  pid: number,
): readonly PassedSocket[] {
  if (LISTEN_PID !== String(pid) || !/^\d{1,2}$/.test(LISTEN_FDS)) return []
  const names = LISTEN_FDNAMES.split(':')
  return Array.from({ length: Number(LISTEN_FDS) }, (_, i) => ({
    fd: FIRST + i,
    isMetrics: names[i] === METRICS,
  }))
}
