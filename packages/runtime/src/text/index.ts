export { isPlainText, showJson, showLines, showText } from './show.js'
