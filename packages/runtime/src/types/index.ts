export type * from './extern-type.js'
export * from './value-type.js'
