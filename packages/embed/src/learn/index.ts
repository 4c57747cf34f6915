export { Learner } from './learner.js'
