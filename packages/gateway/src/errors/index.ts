export { errors, gatewayErrorDocs } from './codes.js'
