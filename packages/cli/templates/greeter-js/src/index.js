/** @type {import('./gen/world.js').Exports['greetings']} */
export const greetings = {
  greet(name) {
    if (name === '') throw 'a name is needed'
    return `Hello, ${name}!`
  },
}
