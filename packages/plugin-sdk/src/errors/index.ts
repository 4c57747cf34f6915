export { errors, sdkErrorDocs, sdkErrorTable } from './codes.js'
