/** A version of 60 MB, which is a large plugin, to a registry on this machine and back. @returns {import('../rows.mjs').Row[]} */
export function registryRows({ renew, empty, next, there }) {
  // What is pushed is made in this process, and would have to be thrown away while pulling.
  return [
    {
      name: 'registry: pull 60 MB',
      unit: 'ms',
      needs: 'pull',
      before: empty,
      call: (client) => () => client.pull(there),
      samples: 5,
    },
    {
      name: 'registry: push 60 MB',
      unit: 'ms',
      needs: 'push',
      before: renew,
      call: (client) => () => client.push(next()),
      samples: 5,
    },
  ]
}
