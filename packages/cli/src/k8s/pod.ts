import type { Review } from '@wasm-plugin/registry'
import { GRANTS_ANNOTATION, GRANTS_VARIABLE, type ShimGrants, shimGrantsOf } from './shim-grants.js'
import type { Remark } from './yaml.js'

export interface PodOptions {
  readonly name: string
  readonly image: string
  readonly runtime: string
  readonly port: number
  /** The path that readiness is asked at; without one it is enough that somebody listens. */
  readonly probe: string | undefined
  /** Whether the shim is that of `deploy/shim`, which keeps grants of a pod. */
  readonly keepsGrants: boolean
}

/** Seconds until nobody sends requests any more to a pod that is to end: its address is taken off everywhere. */
const LEAVE_SECONDS = 5
/** No user of an image or a node has this number. */
const NOBODY = 65_532
/** Where its container has it. */
const PLUGIN = '/plugin.wasm'
/** What the shims of runwasi are told by where to listen. */
const LISTEN = 'WASMTIME_HTTP_PROXY_SOCKET_ADDR'
const OWN_VARIABLES = [LISTEN, GRANTS_VARIABLE]
/** A shim sees its container, and not its pod. */
const GRANTS = {
  name: GRANTS_VARIABLE,
  valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${GRANTS_ANNOTATION}']` } },
}

/** A pod with the plugin in it, and what is to be said of it. Paths begin at its `spec`. */
export function podOf(
  { asks }: Review,
  { name, image, runtime, port, probe, keepsGrants }: PodOptions,
): { spec: object; grants: ShimGrants | undefined; remarks: readonly Omit<Remark, 'document'>[] } {
  const variables = asks.env.filter(({ key }) => VARIABLE.test(key) && !OWN_VARIABLES.includes(key))
  const folders = foldersOf(asks.fs)
  const grants = keepsGrants
    ? shimGrantsOf(asks, { env: variables.map(({ key }) => key), fs: folders })
    : undefined
  const listens = { tcpSocket: { port: 'http' } }
  const answers = probe === undefined ? listens : { httpGet: { path: probe, port: 'http' } }
  const container = {
    name: 'plugin',
    image,
    command: [PLUGIN],
    env: [
      { name: LISTEN, value: `0.0.0.0:${port}` },
      ...(keepsGrants ? [GRANTS] : []),
      ...variables.map(({ key }) => ({
        name: key,
        valueFrom: { configMapKeyRef: { name, key, optional: true } },
      })),
    ],
    ports: [{ name: 'http', containerPort: port }],
    readinessProbe: { ...answers, periodSeconds: 2 },
    livenessProbe: { ...listens, periodSeconds: 10 },
    lifecycle: { preStop: { sleep: { seconds: LEAVE_SECONDS } } },
    resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '128Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
    ...(folders.length > 0 && {
      volumeMounts: folders.map(({ at, readOnly }, i) => ({ name: `files-${i}`, mountPath: at, readOnly })),
    }),
  }
  const spec = {
    runtimeClassName: runtime,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: LEAVE_SECONDS + 10,
    securityContext: { runAsNonRoot: true, runAsUser: NOBODY, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [container],
    ...(folders.length > 0 && { volumes: folders.map((_, i) => ({ name: `files-${i}`, emptyDir: {} })) }),
  }
  const inContainer = (...at: (string | number)[]) => ['containers', 0, ...at]
  const remarks = [
    remark(inContainer('image'), 'By its digest: what was verified runs, and nothing else.'),
    remark(
      inContainer('command'),
      'What is published names no command, and Kubernetes wants one. The shim runs the plugin.',
    ),
    ...variableLines(asks.env, { variables, name, keepsGrants }).map((text) =>
      remark(inContainer('env'), text),
    ),
    remark(
      inContainer('lifecycle'),
      'Until no Service sends requests here any more. Kubernetes 1.30 and later know it.',
    ),
    remark(
      inContainer('resources'),
      'A shim knows no limits of a plugin, neither time nor memory: these are all that bound it.',
    ),
    ...folderLines(asks.fs, { keepsGrants }).map((text) =>
      remark(folders.length > 0 ? inContainer('volumeMounts') : inContainer(), text),
    ),
  ]
  return { spec, grants, remarks }
}

/** As Kubernetes has names of variables and keys of a ConfigMap. */
const VARIABLE = /^[A-Za-z_][-._A-Za-z0-9]{0,252}$/

interface Folder {
  readonly at: string
  readonly readOnly: boolean
}

/** What a pod can have volumes at, each once: Kubernetes refuses two at one path. */
function foldersOf(fs: Review['asks']['fs']): Folder[] {
  const folders = new Map<string, Folder>()
  for (const { at: asked, access } of fs) {
    const at = placeOf(asked)
    if (at === undefined) continue
    const readOnly = access === 'read' && folders.get(at)?.readOnly !== false
    folders.set(at, { at, readOnly })
  }
  return [...folders.values()]
}

/** Files that a folder would lie over: the plugin itself, and those that Kubernetes writes, by which names are found. */
const FILES = [PLUGIN, '/etc/hostname', '/etc/hosts', '/etc/resolv.conf']

/** A path as it is mounted at, if it can be: the root, the kernel's own folders and files that are there are not for volumes. */
function placeOf(at: string): string | undefined {
  const place = at.replaceAll(/\/+/g, '/').replace(/\/$/, '')
  const isPlain = /^\/[\w./ -]{1,1000}$/.test(place) && !/\/\.\.?(?:\/|$)/.test(place)
  const isTaken =
    /^\/(?:proc|sys|dev)(?:\/|$)/.test(place) ||
    FILES.some((file) => place === file || place.startsWith(`${file}/`))
  return isPlain && !isTaken ? place : undefined
}

function remark(at: Remark['at'], text: string): Omit<Remark, 'document'> {
  return { at, text }
}

function variableLines(
  env: Review['asks']['env'],
  { variables, name, keepsGrants }: { variables: Review['asks']['env']; name: string; keepsGrants: boolean },
): string[] {
  if (env.length === 0) return []
  return [
    'It asks for',
    ...env.map(
      (one) => `  ${one.key}  ${one.reason}${variables.includes(one) ? '' : ' (no pod can have it)'}`,
    ),
    `and gets what the ConfigMap ${name} has of it.${keepsGrants ? '' : ' A shim gives a plugin every variable of its container.'}`,
  ]
}

function folderLines(fs: Review['asks']['fs'], { keepsGrants }: { keepsGrants: boolean }): string[] {
  if (fs.length === 0) return []
  return [
    'It asks for',
    ...fs.map(
      ({ at, access, reason }) =>
        `  ${at} (${access})  ${reason}${placeOf(at) === undefined ? ' (no pod can have a volume there)' : ''}`,
    ),
    `The volumes are empty: put yours in their place.${keepsGrants ? '' : ' A shim gives a plugin all of the file system of its container.'}`,
  ]
}
