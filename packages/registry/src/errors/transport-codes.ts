import { defineErrors, describeErrors, type ErrorRow } from '@wasm-plugin/runtime/errors'

const row = <D>(r: ErrorRow<D>): ErrorRow<D> => r

/** Of browsers, and of this command's own references. */
const URL_WITH_HOST = /^(?:https?|oci|docker):\/\//i

/** Every code about registries and how they are reached. Codes are permanent: add, never rename. */
export const transportErrorTable = {
  REGISTRY_UNREACHABLE: row<{ registry: string; reason: string }>({
    origin: 'app',
    summary: 'A registry could not be reached, or ended the connection before it had answered.',
    message: (d) => `the registry ${d.registry} cannot be reached: ${d.reason}`,
    hint: 'Check the name and the network; proxies are read from HTTPS_PROXY and NO_PROXY.',
  }),
  REGISTRY_NAME_INVALID: row<{ what: string; text: string }>({
    origin: 'app',
    summary:
      'The name of a registry, of a repository or of a tag has characters or a form that none may have.',
    message: (d) => `"${d.text}" is no ${d.what}`,
    hint: (d) =>
      URL_WITH_HOST.test(d.text)
        ? `A registry is named without a scheme: \`${d.text.replace(URL_WITH_HOST, '').replace(/\/+$/, '')}\`. It is spoken to by https, and by http on this machine.`
        : 'A registry is `host` or `host:port`; paths and tags have letters, digits, dots, dashes and underscores.',
  }),
  REGISTRY_ANSWER_INVALID: row<{ registry: string; what: string; reason: string }>({
    origin: 'app',
    summary: 'A registry answered with something that the OCI distribution specification does not allow.',
    message: (d) => `the registry ${d.registry} gave ${d.what} that cannot be used: ${d.reason}`,
    hint: 'Ask whoever runs the registry; a proxy in between may have changed the answer.',
  }),
  REGISTRY_DENIED: row<{ registry: string; reason: string }>({
    origin: 'app',
    summary: 'A registry wants a log-in, or does not allow this to whoever is logged in.',
    message: (d) => `the registry ${d.registry} does not allow it: ${d.reason}`,
    hint: (d) => `Log in with \`wasm-plugin login ${d.registry}\`, and check that the account may do this.`,
  }),
  REGISTRY_REFUSED: row<{ registry: string; action: string; status: number; reason: string }>({
    origin: 'app',
    summary: 'A registry refused a request for a reason of its own.',
    message: (d) => `the registry ${d.registry} refused ${d.action} with status ${d.status}: ${d.reason}`,
    hint: 'The reason is in the words of the registry.',
  }),
  REGISTRY_BUSY: row<{ registry: string; action: string; status: number; reason: string }>({
    origin: 'app',
    summary:
      'A registry limits requests or is out of order, and stayed so for as long as it was asked again.',
    message: (d) => `the registry ${d.registry} answers ${d.status} to ${d.action}: ${d.reason}`,
    hint: 'Try again later; log in if the registry limits those who are not.',
  }),
  REGISTRY_REDIRECT_REFUSED: row<{ registry: string; to: string; reason: string }>({
    origin: 'app',
    summary: 'A registry sends a request elsewhere in a way that is not followed.',
    message: (d) => `the registry ${d.registry} sends the request to ${d.to}: ${d.reason}`,
    hint: 'A registry behind a proxy has to be told that it is reached by https (X-Forwarded-Proto).',
  }),
  REGISTRY_REALM_REFUSED: row<{ registry: string; realm: string }>({
    origin: 'app',
    summary: 'A registry names a server of tokens to which no credentials are sent.',
    message: (d) => `the registry ${d.registry} wants its log-in to be sent to ${d.realm}`,
    hint: 'That server has to speak https, or be the very host of a registry that speaks http.',
  }),
  REFERRERS_CONTENDED: row<{ registry: string; tag: string; tries: number }>({
    origin: 'app',
    summary: 'Others kept changing the list of signatures of a package while this one was to be added.',
    message: (d) => `the list ${d.tag} of ${d.registry} was changed by others each of ${d.tries} times`,
    hint: 'Run it again: nothing was lost, and what is there already is not added twice.',
  }),
  NAMESPACE_NOT_MAPPED: row<{ namespace: string; name: string }>({
    origin: 'app',
    summary: 'Nothing says in which registry, or in which folder, the packages of a namespace are.',
    message: (d) => `nothing says where packages of "${d.namespace}" are, such as ${d.namespace}:${d.name}`,
    hint: (d) =>
      `Say it with \`wasm-plugin registry add ${d.namespace} <registry or folder>\`. No public registry is asked instead.`,
  }),
  REGISTRY_CONFIG_INVALID: row<{ file: string; reason: string }>({
    origin: 'app',
    summary: 'A file or an option that says where registries are, or how they are reached, cannot be used.',
    message: (d) => `${d.file} cannot be used: ${d.reason}`,
    hint: 'Correct it; docs/registry.md has what each of these files may say.',
  }),
  CREDENTIAL_HELPER_FAILED: row<{ helper: string; reason: string }>({
    origin: 'app',
    summary:
      "A program that keeps credentials, which docker's configuration names, did not give or take them.",
    message: (d) => `${d.helper} failed: ${d.reason}`,
    hint: "Repair it, or take it out of `credHelpers` and `credsStore` of docker's config.json.",
  }),
  CONTENT_SIZE_MISMATCH: row<{ registry: string; digest: string; size: number; more: boolean }>({
    origin: 'app',
    summary: 'Bytes of a registry, a folder or the cache are more or fewer than their descriptor says.',
    message: (d) =>
      `${d.digest} of ${d.registry} has ${d.more ? 'more' : 'fewer'} bytes than the ${d.size} it is said to have`,
    hint: 'The content is damaged or was changed. Try again; if it stays so, it has to be published again.',
  }),
  CONTENT_DIGEST_MISMATCH: row<{ registry: string; digest: string; actual: string }>({
    origin: 'app',
    summary: 'Bytes of a registry, a folder or the cache are not those that their digest says.',
    message: (d) => `${d.registry} gave other bytes for ${d.digest}: theirs is ${d.actual}`,
    hint: 'The content is damaged or was changed. Try again; if it stays so, do not use it, and tell its publisher.',
  }),
  CONTENT_TOO_LARGE: row<{ registry: string; what: string; max: number }>({
    origin: 'app',
    summary: 'An answer of a registry, or a file of a layout, is over the limit of its kind.',
    message: (d) => `${d.what} of ${d.registry} is over the limit of ${d.max} bytes`,
    hint: 'No honest registry comes near this limit; look at what is there.',
  }),
  CONTENT_MISSING: row<{ registry: string; path: string; what: string }>({
    origin: 'app',
    summary: 'A registry or a folder does not have the bytes that a manifest of its own refers to.',
    message: (d) => `${d.registry} does not have ${d.what} of ${d.path}`,
    hint: 'The package is there in part only: publish it again, or copy it again with its blobs.',
  }),
  LAYOUT_INVALID: row<{ folder: string; reason: string }>({
    origin: 'app',
    summary: 'A folder of packages is not an OCI image layout, or holds what none may hold.',
    message: (d) => `${d.folder} cannot be used as a folder of packages: ${d.reason}`,
    hint: 'Check its path; publish into an empty folder, or use one that was written as an OCI image layout of version 1.0.0; links are not followed.',
  }),
  LAYOUT_MISSING: row<{ folder: string }>({
    origin: 'app',
    summary: 'The folder of packages that was named is not there.',
    message: (d) => `there is no folder of packages at ${d.folder}`,
    hint: 'Check its path; the folder is made by the first `wasm-plugin publish` into it.',
  }),
  FOLDER_UNWRITABLE: row<{ folder: string; reason: string }>({
    origin: 'app',
    summary:
      'A file of a package could not be written: no space, no permission, a file where a folder should be.',
    message: (d) => `${d.folder} cannot be written: ${d.reason}`,
    hint: 'Look at the free space and at the permissions of the folder; nothing was left half-written.',
  }),
  FOLDER_BUSY: row<{ file: string; seconds: number; holder: string }>({
    origin: 'app',
    summary: 'Another process kept a folder of packages, or a file, locked for too long.',
    message: (d) => `${d.holder} has kept ${d.file} for more than ${d.seconds} seconds`,
    hint: 'Let it end; if there is no such process, remove that file.',
  }),
} as const

export const transportErrors = defineErrors(transportErrorTable)
export const transportErrorDocs = describeErrors(transportErrorTable)
