export { closest } from './closest.js'
export { isPlainText, showJson, showLines, showText } from './show.js'
