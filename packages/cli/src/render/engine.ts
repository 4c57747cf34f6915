/** That this Node does not run a component, or nothing. */
export function engineLines(reason: string | null, label: string): string[] {
  return reason === null ? [] : [`${label}: Node ${process.versions.node} does not compile it: ${reason}`]
}
