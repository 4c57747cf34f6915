import type { Exports } from './gen/world.js'

export const greetings: Exports['greetings'] = {
  greet(name) {
    if (name === '') throw 'a name is needed'
    return `Hello, ${name}!`
  },
}
