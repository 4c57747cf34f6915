import { BlockList } from 'node:net'
import type { NetRule } from '@wasm-plugin/manifest/grammar'

/** A rule of a NetworkPolicy: what may be reached from a pod. */
export interface EgressRule {
  readonly to: readonly Peer[]
  readonly ports: readonly Port[]
}

type Peer =
  | { readonly ipBlock: { readonly cidr: string; readonly except?: readonly string[] } }
  | {
      readonly namespaceSelector: { readonly matchLabels: Readonly<Record<string, string>> }
      readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> }
    }

interface Port {
  readonly protocol: 'TCP' | 'UDP'
  /** All of them where there is none. */
  readonly port?: number
}

/**
 * As much of rules for the network as a NetworkPolicy can say. It knows addresses, ports and protocols: a name becomes every
 * address of the public internet, which a name may lead to, and methods and paths are lost.
 */
export function egressOf(rules: readonly NetRule[]): EgressRule[] {
  const reached = new Map<string, { peers: readonly Peer[]; ports: Set<string> }>()
  for (const rule of rules) {
    const peers = peersOf(rule)
    if (rule.scheme === 'dns' || peers.length === 0) continue
    const key = JSON.stringify(peers)
    const { ports } = reached.get(key) ?? { ports: new Set<string>() }
    reached.set(key, { peers, ports: ports.add(`${protocolOf(rule)} ${rule.port}`) })
  }
  const egress = [...reached.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { peers, ports }]) => ({ to: peers, ports: portsOf(ports) }))
  return rules.some(isNamed) ? [NAMES, ...egress] : egress
}

/** Whether it is about a name, which has to be looked up. */
export function isNamed({ host }: NetRule): boolean {
  return !isV4(host) && !host.startsWith('[') && !isLoopback(host)
}

/** The address of a rule, where clouds answer their machines: who gets there may get the passwords of the machine. */
export function cloudAddress({ host }: NetRule): string | undefined {
  if (isV4(host)) return CLOUD.check(host, 'ipv4') ? host : undefined
  const address = host.startsWith('[') ? host.slice(1, -1) : undefined
  return address !== undefined && CLOUD.check(address, 'ipv6') ? address : undefined
}

/** What is of a link alone, and the places of those who have theirs elsewhere: Azure, Alibaba and AWS by IPv6. */
const CLOUD = new BlockList()
CLOUD.addSubnet('169.254.0.0', 16, 'ipv4')
CLOUD.addSubnet('fe80::', 10, 'ipv6')
CLOUD.addAddress('168.63.129.16', 'ipv4')
CLOUD.addAddress('100.100.100.200', 'ipv4')
CLOUD.addAddress('fd00:ec2::254', 'ipv6')

function peersOf(rule: NetRule): readonly Peer[] {
  const { host } = rule
  if (isLoopback(host)) return []
  if (isNamed(rule)) return PUBLIC
  return [{ ipBlock: { cidr: isV4(host) ? `${host}/32` : `${host.slice(1, -1)}/128` } }]
}

/** What never leaves the pod is no matter of a policy. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\./.test(host)
}

function isV4(host: string): boolean {
  return /^\d+(\.\d+){3}$/.test(host)
}

function protocolOf({ scheme }: NetRule): Port['protocol'] {
  return scheme === 'udp' ? 'UDP' : 'TCP'
}

/** All ports of a protocol have the others in them. */
function portsOf(texts: ReadonlySet<string>): Port[] {
  const ports = [...texts].map((text): Port => {
    const [protocol, port] = text.split(' ')
    return { protocol: protocol as Port['protocol'], ...(port !== '*' && { port: Number(port) }) }
  })
  const isWhole = (wanted: string) =>
    ports.some(({ protocol, port }) => protocol === wanted && port === undefined)
  return ports
    .filter(({ protocol, port }) => port === undefined || !isWhole(protocol))
    .sort((a, b) => a.protocol.localeCompare(b.protocol) || (a.port ?? 0) - (b.port ?? 0))
}

/** Where a cluster's names are looked up. */
const NAMES: EgressRule = {
  to: [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    },
  ],
  ports: [
    { protocol: 'TCP', port: 53 },
    { protocol: 'UDP', port: 53 },
  ],
}

/** But for what a cluster, its nodes and its cloud have for themselves: a grant of a name is none of those either. */
const PUBLIC: readonly Peer[] = [
  {
    ipBlock: {
      cidr: '0.0.0.0/0',
      except: [
        ...['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '168.63.129.16/32', '169.254.0.0/16'],
        ...['172.16.0.0/12', '192.168.0.0/16'],
      ],
    },
  },
  { ipBlock: { cidr: '2000::/3' } },
]
