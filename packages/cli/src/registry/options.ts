/** Options that commands about registries share. */
export const registryOption = {
  kind: 'value',
  value: 'place',
  description: 'a registry or a folder, ./plugins, in place of what is configured',
} as const

export const keyOption = {
  kind: 'value',
  value: 'file',
  description: 'the private key that signs it, as `wasm-plugin keygen` makes it',
} as const

export const dryRunOption = {
  kind: 'flag',
  description: 'say what would be done, and change nothing',
} as const

export const trustOption = {
  kind: 'flag',
  description: 'trust whoever signed a package that no rule is about, when it is first installed',
} as const

export const consentOptions = {
  yes: { kind: 'flag', short: 'y', description: 'agree to what would be asked; it is shown all the same' },
  grants: {
    kind: 'value',
    value: 'file',
    description: 'agree to these requests and to no more: `capabilities` of a manifest, as JSON',
  },
} as const

export const witOption = {
  kind: 'value',
  value: 'contract',
  description: 'the contract: a .wit file, the folder of a WIT package, or a published one, acme:site@^0.2',
} as const

export const hostOption = {
  kind: 'value',
  value: 'contract',
  description: "the application's contract, as --wit of `new`: versions that do not fit it are passed over",
} as const

export const worldOption = {
  kind: 'value',
  value: 'name',
  description: 'the world of that contract, if it has several',
} as const
