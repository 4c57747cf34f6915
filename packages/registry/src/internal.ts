/** Pieces that have tests of their own, which import them as `#internal`. Not published. */
export { parsePackageName, parseReference, similarNames } from './names/index.js'
export { openBundle } from './trust/open-bundle.js'
export { publicRoot } from './trust/trusted-root.js'
