export { commandHelp } from './command-help.js'
export { helpOn, helpTopics } from './help-on.js'
export { rootHelp } from './root-help.js'
