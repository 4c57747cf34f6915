export { changeLock, LOCK_FILE, type Lock, type LockedPlugin, readLock } from './lock-file.js'
