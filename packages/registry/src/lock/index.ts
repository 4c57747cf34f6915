export {
  changeLock,
  LOCK_FILE,
  type Lock,
  type LockedPlugin,
  type LockedWit,
  readLock,
  readWitLock,
  type WitLock,
  writeWitLock,
} from './lock-file.js'
