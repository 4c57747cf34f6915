export { type PackageName, parsePackageName, printPackageName } from './package-name.js'
export { ANY, parseReference, type Reference } from './reference.js'
export { similarNames } from './similar.js'
export { checkRange, checkVersion, compareVersions, isVersion, isWithin } from './version.js'
