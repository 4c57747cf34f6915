/** All of the cluster's files, in memory: they are gone with the sandbox. */
export const FOLDER = '/run/wasm-plugin-k8s'
export const inFolder = (name) => `${FOLDER}/${name}`

/** Addresses in the sandbox, which has a network of its own. */
export const NODE = '10.99.0.1'
export const NODE_NAME = 'node-1'
export const REGISTRY = `${NODE}:5000`
export const SERVICES = '10.96.0.0/16'
export const PODS = '10.88.0.0/16'
export const API = 'https://127.0.0.1:16443'
export const ETCD = 'http://127.0.0.1:23790'
export const CONTAINERD = inFolder('containerd.sock')
export const KUBECONFIG = inFolder('kubeconfig')
/** Of the runtime of the shim. */
export const RUNTIME = 'wasm-plugin'
export const PAUSE = 'docker.io/wasm-plugin/pause:1'
