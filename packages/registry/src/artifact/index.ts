export { type PluginFacts, readFacts } from './facts.js'
export { compareWithDeclared, type PublishedVersion, readArtifact } from './read-artifact.js'
export { readWhole } from './read-whole.js'
export { type Artifact, describe, encode, writeArtifact } from './write-artifact.js'
