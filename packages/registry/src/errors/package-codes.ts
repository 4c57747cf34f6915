import { defineErrors, describeErrors, type ErrorRow } from '@wasm-plugin/runtime/errors'

const row = <D>(r: ErrorRow<D>): ErrorRow<D> => r

/** The command that brings a package and writes the lock file. */
const bringing = (isWit = false) => `wasm-plugin ${isWit ? 'wit fetch' : 'install'}`

/** Every code about packages: their names, versions, bytes, signatures and what they ask for. Codes are permanent. */
export const packageErrorTable = {
  REGISTRY_OPTIONS_INVALID: row<{ reason: string; fix?: string | undefined }>({
    origin: 'app',
    summary: 'An option of `createRegistry` does not exist, or has a value of the wrong type.',
    message: (d) => `createRegistry: ${d.reason}`,
    hint: (d) =>
      d.fix ??
      'See `CreateOptions`; unknown options are refused, so that a misspelt one is never silently ignored.',
  }),
  PACKAGE_NAME_INVALID: row<{ text: string; reason: string }>({
    origin: 'app',
    summary: 'The text is not the name of a package, or not a name with a range of versions.',
    message: (d) => `"${d.text}" does not name a package: ${d.reason}`,
    hint: 'Write `namespace:name`, or with a range of versions `namespace:name@^1.2`.',
  }),
  VERSION_INVALID: row<{ text: string; reason: string }>({
    origin: 'app',
    summary: 'The text is no version that can be published, or no range of versions.',
    message: (d) => `"${d.text}" cannot be used as a version: ${d.reason}`,
    hint: 'Versions are `1.2.3` or `1.2.3-beta.1`; ranges are written as for npm, `^1.2` or `>=1.2 <3`.',
  }),
  REFERENCE_INVALID: row<{ text: string; reason: string }>({
    origin: 'app',
    summary: 'The text does not point to a version in an OCI registry.',
    message: (d) => `"${d.text}" is no reference: ${d.reason}`,
    hint: 'Write `oci://registry.example/acme/render:1.2.3`, or with a digest `oci://registry.example/acme/render@sha256:…`.',
  }),
  VERSION_NOT_FOUND: row<{
    name: string
    range: string
    registry: string
    passedOver: readonly string[]
    /** The newest, which only a range takes that names it. */
    prerelease?: string | undefined
  }>({
    origin: 'app',
    summary: 'The registry has no version in the range that fits the application and was not withdrawn.',
    message: (d) =>
      [
        `${d.registry} has no ${d.name}@${d.range}${d.passedOver.length > 0 ? ' that can be used' : ''}`,
        ...d.passedOver,
      ].join('\n  '),
    hint: (d) =>
      d.passedOver.length > 0
        ? 'Ask for another range, or bring the application to the contract that the plugin is built for.'
        : d.prerelease !== undefined
          ? `There is a prerelease, which no range takes that does not name one: ${d.name}@${d.prerelease}.`
          : `See what there is with \`wasm-plugin search ${d.name}\`, and ask for another range. If there is nothing, check the name, and ${d.registry.startsWith('dir:') ? 'the path of the folder' : 'the registry'}.`,
  }),
  DEBUG_INFO_MISSING: row<{ what: string; registry: string }>({
    origin: 'plugin',
    summary: 'Whoever signed the version has attached no debug information to it.',
    message: (d) => `${d.registry} has no debug information of ${d.what} by its signer`,
    hint: 'Its publisher attaches it with `wasm-plugin publish --debug <file> --key <file>`, also later.',
  }),
  NOT_PUBLISHABLE: row<{ reason: string }>({
    origin: 'plugin',
    summary: 'The component does not say what it is, which everything that is published has to.',
    message: (d) => `this component cannot be published: ${d.reason}`,
    hint: 'Write `"id": "namespace:name"` and `"version"` into wasm-plugin.json, and build the plugin again with `wasm-plugin build`.',
  }),
  WIT_PACKAGE_INVALID: row<{ what: string; reason: string }>({
    origin: 'app',
    summary: 'What is published, or fetched, as a WIT package is none that others can name and use.',
    message: (d) => `${d.what} cannot be used as a WIT package: ${d.reason}`,
    hint: 'A WIT package has a name and a version, `package acme:site@0.1.0;`, and so has each that it uses.',
  }),
  VERSION_EXISTS: row<{ what: string; registry: string; digest: string }>({
    origin: 'app',
    summary: 'The version was published before with other bytes. A version never changes.',
    message: (d) => `${d.what} is already in ${d.registry}, with other bytes (${d.digest})`,
    hint: 'Raise the version, in wasm-plugin.json or in the `package` of the WIT, and publish that.',
  }),
  PUBLISH_CHANGED: row<{ what: string; registry: string; reason: string }>({
    origin: 'app',
    summary: 'The registry took what was published and does not give it back.',
    message: (d) => `${d.registry} does not give ${d.what} back as it was published: ${d.reason}`,
    hint: 'Publish again; if that happens again the registry, or a cache before it, is at fault.',
  }),
  ARTIFACT_INVALID: row<{ what: string; reason: string }>({
    origin: 'plugin',
    summary: 'What the registry has is no plugin, or not the one that it is listed as.',
    message: (d) => `${d.what} is no plugin that can be installed: ${d.reason}`,
    hint: 'Ask its publisher: plugins are published by `wasm-plugin publish`, or by other tools as one `application/wasm` layer.',
  }),
  ARTIFACT_MISMATCH: row<{ what: string; part: 'imports' | 'exports' | 'manifest' }>({
    origin: 'plugin',
    summary: 'The component is not what its publisher declared, and what was reviewed.',
    message: (d) => `the ${d.part} of ${d.what} are not those that were declared`,
    hint: 'Do not use it, and tell its publisher: what was shown for review is not true.',
  }),
  COMPONENT_TOO_LARGE: row<{ bytes: number; max: number }>({
    origin: 'plugin',
    summary: 'The component is larger than the application takes.',
    message: (d) => `the component has ${d.bytes} bytes, over the limit of ${d.max}`,
    hint: 'Raise `maxBytes` if the plugin is trusted.',
  }),
  KEY_INVALID: row<{ reason: string }>({
    origin: 'app',
    summary: 'The key cannot be used for signatures.',
    message: (d) => `the key cannot be used: ${d.reason}`,
    hint: 'Make one with `wasm-plugin keygen`; ECDSA over P-256, Ed25519 and RSA from 2,048 bits can be used, in PEM.',
  }),
  KEY_PASSPHRASE: row<{ given: boolean }>({
    origin: 'app',
    summary: 'The private key is encrypted, and the passphrase is missing or wrong.',
    message: (d) => `the passphrase of the private key is ${d.given ? 'wrong' : 'missing'}`,
    hint: (d) =>
      d.given
        ? 'Check WASM_PLUGIN_KEY_PASSPHRASE, which counts before a question: a blank or a new line at its end belongs to it.'
        : 'Set WASM_PLUGIN_KEY_PASSPHRASE; on a terminal the command asks. In code: `readPrivateKey(pem, passphrase)`.',
  }),
  TRUST_POLICY_INVALID: row<{ file: string; reason: string; fix?: string | undefined }>({
    origin: 'app',
    summary: 'The trust policy cannot be read.',
    message: (d) => `the trust policy ${d.file} is invalid: ${d.reason}`,
    hint: (d) =>
      d.fix ??
      'See docs/registry.md for its form; unknown keys are refused, so that a misspelt rule is never silently ignored.',
  }),
  NOT_TRUSTED: row<{ name: string; registry: string }>({
    origin: 'app',
    summary: 'No rule of the trust policy is about the package, and it comes from another machine.',
    message: (d) => `nothing says that ${d.name} of ${d.registry} is to be trusted`,
    hint: "Add a rule with its publisher's key to wasm-plugin.trust.json, or trust whoever signed it when it is first used.",
  }),
  SIGNATURE_MISSING: row<{ what: string; registry: string }>({
    origin: 'plugin',
    summary: 'The version is not signed, and has to be.',
    message: (d) => `${d.what} of ${d.registry} is not signed`,
    hint: 'Its publisher signs it with `wasm-plugin sign`; or allow it with `"unsigned": true` in a rule of wasm-plugin.trust.json.',
  }),
  SIGNER_UNTRUSTED: row<{ what: string; reasons: readonly string[] }>({
    origin: 'plugin',
    summary: 'The version is signed, but no signature counts: by others, for something else, or broken.',
    message: (d) => [`no signature of ${d.what} counts`, ...d.reasons].join('\n  '),
    hint: 'If its publisher has a new key, compare it with what they announce and put it into wasm-plugin.trust.json.',
  }),
  DIGEST_DENIED: row<{ what: string; digest: string }>({
    origin: 'app',
    summary: 'The trust policy denies these very bytes.',
    message: (d) => `${d.what} is denied by the trust policy (${d.digest})`,
    hint: 'Install another version; remove the digest from `denied` only if you know why it is there.',
  }),
  VERSION_REVOKED: row<{ what: string; reason: string }>({
    origin: 'plugin',
    summary: 'The publisher revoked the version: it is dangerous.',
    message: (d) => `${d.what} was revoked by its publisher: ${d.reason}`,
    hint: 'Update it with `wasm-plugin update`, or remove it; a WIT package with `wasm-plugin wit fetch <name>@<range>`.',
  }),
  CONSENT_REQUIRED: row<{ what: string; digest: string; changes: readonly string[] }>({
    origin: 'app',
    summary:
      'The version asks for something, or differs from what is installed, so that somebody has to agree first.',
    message: (d) => [`${d.what} needs consent`, ...d.changes].join('\n  '),
    hint: 'Run the command on a terminal, which asks, or with `--yes` once you have read this. Where nobody is asked, `install --grants <file>` agrees to what the file has; in code pass `confirm`.',
  }),
  CONSENT_REFUSED: row<{ what: string }>({
    origin: 'app',
    summary: 'Somebody was asked and did not agree.',
    message: (d) => `${d.what} was not agreed to`,
    hint: 'Nothing was downloaded or changed; ask for another version if one asks for less.',
  }),
  LOCK_INVALID: row<{ file: string; reason: string }>({
    origin: 'app',
    summary: 'The lock file cannot be read.',
    message: (d) => `the lock file ${d.file} is invalid: ${d.reason}`,
    hint: 'Take it from version control again; it is written by `wasm-plugin install` and not by hand.',
  }),
  LOCK_UNWRITABLE: row<{ file: string; reason: string }>({
    origin: 'app',
    summary: 'The lock file cannot be written.',
    message: (d) => `the lock file ${d.file} cannot be written: ${d.reason}`,
    hint: 'Nothing was installed. Check the folder, its permissions and the space on the disk.',
  }),
  LOCK_FROZEN: row<{ name: string; reason: string; isWit?: boolean }>({
    origin: 'app',
    summary: 'The lock file would have to change, and may not.',
    message: (d) => `${d.name} cannot be used as the lock file is: ${d.reason}`,
    hint: (d) => `Run \`${bringing(d.isWit)}\` where the lock file may change, and commit it.`,
  }),
  NOT_INSTALLED: row<{ name: string; installed: readonly string[] }>({
    origin: 'app',
    summary: 'The lock file has no such plugin.',
    message: (d) => `${d.name} is not installed`,
    hint: (d) =>
      d.installed.length === 0 ? 'Nothing is installed here.' : `Installed are ${d.installed.join(', ')}.`,
  }),
  OFFLINE: row<{ what: string; isWit?: boolean | undefined }>({
    origin: 'app',
    summary: 'Something is needed that was not downloaded before, and the network may not be used.',
    message: (d) => `${d.what} is not in the cache, and the network may not be used`,
    hint: (d) => `Run \`${bringing(d.isWit)}\` once with the network.`,
  }),
} as const

export const packageErrors = defineErrors(packageErrorTable)
export const packageErrorDocs = describeErrors(packageErrorTable)
