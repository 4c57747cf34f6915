/** Limits of decoding: what a component file may look like. Checked before the work they bound is done. */
export interface CompileLimits {
  /** Bytes of the component. @default 64 MiB */
  componentBytes: number
  /**
   * Definitions of the whole tree (types, aliases, instances, …) with their parts (fields, parameters, arguments, …),
   * core modules without their functions included. @default 100_000
   */
  definitions: number
  /** Components nested in components. @default 32 */
  nesting: number
  /** Levels of one value type. @default 64 */
  typeDepth: number
  /** Nodes of one type when written out in full (a type bomb doubles per level). @default 100_000 */
  typeSize: number
  /** Type nodes copied or compared while checking the whole tree. @default 500_000 */
  typeSteps: number
  /** Instances created by one `instantiate`, nested ones included. @default 1_000 */
  instances: number
  /** Core modules of the tree. @default 100 */
  coreModules: number
  /** Bytes of one import or export name. @default 4_096 */
  nameBytes: number
}

export const defaultCompileLimits: Readonly<CompileLimits> = Object.freeze({
  componentBytes: 64 << 20,
  definitions: 100_000,
  nesting: 32,
  typeDepth: 64,
  typeSize: 100_000,
  typeSteps: 500_000,
  instances: 1_000,
  coreModules: 100,
  nameBytes: 4_096,
})
