import { client } from './http-client.js'

/** Asks for `/` of the server whose authority is the argument, as a plugin; prints what comes of it. */
const [authority = ''] = process.argv.slice(2)
// As a call that waits does: connections of plugins keep no process alive.
const waiting = setInterval(() => {}, 1_000)
const answer = await client([`https://${authority}`]).fetch(authority, { scheme: 'https' })
console.log(typeof answer === 'string' ? answer : answer.text)
clearInterval(waiting)
