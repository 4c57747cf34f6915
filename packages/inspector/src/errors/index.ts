export { errors, inspectorErrorDocs } from './codes.js'
