export { errors, hostErrorDocs, hostErrorTable } from './codes.js'
