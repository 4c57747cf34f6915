import { parseNetPattern } from '@wasm-plugin/manifest/grammar'
import { printSigner, type Review, type VerifiedVersion } from '@wasm-plugin/registry'
import { failures } from '../errors/index.js'
import { cloudAddress, egressOf, isNamed } from './egress.js'
import { podOf } from './pod.js'
import { GRANTS_ANNOTATION, type ShimGrants } from './shim-grants.js'
import type { Remark } from './yaml.js'

export interface ManifestOptions {
  /** Of the objects. */
  readonly name: string
  readonly replicas: number
  /** Of the RuntimeClass, and of the runtime in containerd's configuration. */
  readonly runtime: string
  readonly port: number
  /** The path that readiness is asked at; without one it is enough that somebody listens. */
  readonly probe: string | undefined
  /** That of this project keeps grants of a pod; those of runwasi know none. */
  readonly shim: Shim
}

export type Shim = 'wasm-plugin' | 'runwasi'

export interface Manifests {
  /** `registry/repository:version@sha256:…`: what was verified, and nothing else. */
  readonly image: string
  readonly documents: readonly object[]
  readonly remarks: readonly Remark[]
}

/**
 * The objects that run a published plugin in pods, under a containerd shim for WebAssembly. What is published is the image. What a
 * shim cannot keep of grants is said where it would stand.
 *
 * @throws {IMAGE_UNUSABLE}
 */
export function manifestsOf({ review, status }: VerifiedVersion, options: ManifestOptions): Manifests {
  const { name, replicas, runtime, shim } = options
  refuseUnusable(review)
  const image = `${review.registry}/${review.repository}:${review.version}@${review.manifest}`
  const selector = { 'app.kubernetes.io/name': name }
  const labels = { ...selector, ...versionLabel(review.version) }
  const pod = podOf(review, { ...options, image, keepsGrants: shim === 'wasm-plugin' })
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      labels,
      annotations: {
        'wasm-plugin.dev/plugin': `${review.name}@${review.version}`,
        'wasm-plugin.dev/content': review.content,
      },
    },
    spec: {
      replicas,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      selector: { matchLabels: selector },
      template: { metadata: { labels, ...annotationsOf(pod.grants) }, spec: pod.spec },
    },
  }
  const ports = [{ name: 'http', port: 80, targetPort: 'http' }]
  const rest = [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, labels },
      spec: { selector, ports },
    },
    policyOf(review, { name, labels, selector }),
    { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: runtime }, handler: runtime },
  ]
  return {
    image,
    documents: [deployment, ...rest],
    remarks: [
      ...headLines(review, status, shim).map((text) => remark(0, [], text)),
      ...grantLines(pod.grants).map((text) =>
        remark(0, ['spec', 'template', 'metadata', 'annotations'], text),
      ),
      ...pod.remarks.map(({ at, text }) => remark(0, ['spec', 'template', 'spec', ...at], text)),
      ...policyLines(review, shim).map((text) => remark(2, ['spec', 'egress'], text)),
      remark(
        3,
        [],
        'Once for a cluster. The handler is the name of the runtime in the configuration of containerd.',
      ),
    ],
  }
}

/** What a shim of runwasi gives a component. Everything else is an application's. */
const GIVEN = /^wasi:(?:cli|clocks|filesystem|http|io|random|sockets)\//
const HANDLER = /^wasi:http\/incoming-handler@0\.2\.\d+$/

function refuseUnusable({ name, registry, imports = [], exports }: Review): void {
  const unusable = (reason: string) => failures.IMAGE_UNUSABLE({ name, reason })
  if (registry.startsWith('dir:')) throw unusable('it lies in a folder, and a cluster pulls from registries')
  if (exports !== undefined && !exports.some((one) => HANDLER.test(one)))
    throw unusable('it exports no wasi:http/incoming-handler of WASI 0.2')
  const other = imports.find((one) => !one.startsWith('[') && !GIVEN.test(one))
  if (other !== undefined) throw unusable(`it imports ${other}, which only an application gives`)
}

function headLines(
  { name, version, signer }: Review,
  status: VerifiedVersion['status'],
  shim: Shim,
): string[] {
  const signed = signer === undefined ? 'signed by nobody' : `signed by ${printSigner(signer)}`
  return [
    `${name} ${version}, ${signed}.`,
    ...(status === undefined ? [] : [`It was ${status.status}: ${status.reason}`]),
    ...HEADS[shim],
  ]
}

const HEADS: Readonly<Record<Shim, readonly string[]>> = {
  runwasi: [
    'The published plugin is the image: a containerd shim for WebAssembly runs it, as runwasi has them.',
    'A shim knows no grants. What it cannot keep is said below; the gateway keeps all of them (docs/kubernetes.md).',
  ],
  'wasm-plugin': [
    'The published plugin is the image: the containerd shim of Wasm Plugin runs it, with the grants of its annotation.',
    'What it cannot keep is not granted; the gateway keeps all grants (docs/kubernetes.md).',
  ],
}

function annotationsOf(grants: ShimGrants | undefined): { annotations?: Record<string, string> } {
  return grants === undefined ? {} : { annotations: { [GRANTS_ANNOTATION]: grants.text } }
}

function grantLines(grants: ShimGrants | undefined): string[] {
  if (grants === undefined) return []
  return [
    'All that it asks for and the shim keeps. It gets nothing else: take out what it shall not have.',
    ...(grants.left.length === 0 ? [] : NOT_KEPT),
    ...grants.left.map((pattern) => `  ${pattern}`),
  ]
}

const NOT_KEPT = ['Not granted, as the shim keeps hosts, ports and methods, and no paths, sockets and names:']

function remark(document: number, at: Remark['at'], text: string): Remark {
  return { document, at, text }
}

/** Not every version can be a label. */
function versionLabel(version: string): Record<string, string> {
  const fits = version.length <= 63 && /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(version)
  return fits ? { 'app.kubernetes.io/version': version } : {}
}

function policyOf(
  { asks }: Review,
  { name, labels, selector }: { name: string; labels: object; selector: object },
): object {
  const egress = egressOf(asks.net.map(({ allow }) => parseNetPattern(allow)))
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, labels },
    spec: {
      podSelector: { matchLabels: selector },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [{ protocol: 'TCP', port: 'http' }] }],
      egress,
    },
  }
}

function policyLines({ asks: { net }, asksUnknown }: Review, shim: Shim): string[] {
  if (asksUnknown) return ['What it asks for is not known: its publisher did not say.']
  if (net.length === 0) return ['It asks for no network.']
  const rules = net.map(({ allow }) => parseNetPattern(allow))
  const ofClouds = new Set(rules.map(cloudAddress).filter((address) => address !== undefined))
  return [
    'It asks for',
    ...net.map(({ allow, reason }) => `  ${allow}  ${reason}`),
    ...[...ofClouds].map((address) => `  ${address} ${OF_CLOUDS}`),
    'Of that a policy keeps addresses, ports and protocols, where the network of the cluster heeds policies.',
    ...(shim === 'runwasi' ? ['A shim keeps nothing of it.'] : []),
    ...(rules.some(isNamed) ? NAMED : []),
  ]
}

const OF_CLOUDS =
  'is where clouds answer their machines, with what those may do: take its rule out, if in doubt.'

const NAMED = [
  'A policy knows no names: for one, every public address can be reached at its port. Private ones cannot, so a name that',
  'leads into the cluster needs a rule of yours.',
]
