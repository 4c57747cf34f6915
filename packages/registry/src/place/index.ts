export { openRepository, type Place } from './open-repository.js'
