export { type Cache, type CacheUsage, openCache, type PruneOptions } from './cache.js'
export { cacheFolder } from './folder.js'
