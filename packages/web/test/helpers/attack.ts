export { attack } from '../../../../test/attack.js'
