/** Whether an export was called yet: before, the module is being built, and there is no host. */
export const phase = { started: false }

export function needHost(name) {
  if (!phase.started) throw new Error(`${name} is called while the module starts, before there is a host`)
}
