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

/** What names cost beside files: a plugin of 59 kB that is installed, and the newest of many versions. @returns {import('../rows.mjs').Row[]} */
export function nameRows() {
  return [
    {
      name: 'registry: bytes of an installed plugin',
      unit: 'ms',
      needs: 'load',
      call: (one) => one.load,
      samples: 15,
    },
    {
      name: 'registry: newest of 1,000 tags',
      unit: 'ms',
      needs: 'resolve',
      call: (one) => one.resolve,
      samples: 5,
    },
  ]
}
