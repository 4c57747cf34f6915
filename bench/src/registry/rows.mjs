/** A version of 60 MB, which is a large plugin, to a registry on this machine and back. @returns {import('../rows.mjs').Row[]} */
export function registryRows({ renew, empty, next, there }) {
  return [
    {
      name: 'registry: push 60 MB',
      unit: 'ms',
      needs: 'push',
      before: renew,
      call: (client) => () => client.push(next()),
      samples: 5,
    },
    {
      name: 'registry: pull 60 MB',
      unit: 'ms',
      needs: 'pull',
      before: empty,
      call: (client) => () => client.pull(there),
      samples: 5,
    },
  ]
}
