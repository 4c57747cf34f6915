import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serve } from '../helpers/serve.js'
import { cases, OTHER_VARIABLES, REQUEST, VARIABLES } from './cases.js'
import { answerOf, isThere, type Oracle, type ServerName, startOracle, told } from './oracle.js'

describe.skipIf(!isThere)('a program behind the gateway, and the same behind servers of CGI', () => {
  let oracle: Oracle
  beforeAll(async () => {
    oracle = await startOracle()
  }, 60_000)
  afterAll(() => oracle[Symbol.asyncDispose]())

  const everywhere = async (ask: (port: number) => Promise<string>) => {
    const { port } = await serve({ routes: [{ path: '/page/...', plugin: oracle.module }] })
    const answers = new Map<ServerName, string>()
    for (const [name, at] of oracle.ports) answers.set(name, await ask(at))
    return { ours: await ask(port), answers }
  }

  it.each(cases)('is answered alike, or for a reason otherwise: $what', async (one) => {
    const { says, exit, method, others = {}, why } = one
    const { ours, answers } = await everywhere((port) => answerOf(port, { path: told(says, exit), method }))
    expect(ours).toBe(one.ours)
    for (const [name, answer] of answers) {
      const expected = others[name] ?? ours
      expect(answer, name).toBeOneOf(typeof expected === 'string' ? [expected] : [...expected])
    }
    // What is listed is another answer.
    expect(Object.values(others).flat()).not.toContain(ours)
    expect(why !== undefined).toBe(one.others !== undefined)
  })

  it('is told the same of a request, but for what is listed', async () => {
    const variables = async (port: number) => {
      const text = JSON.parse((await answerOf(port, REQUEST)).split(' | ').at(-1) as string)
      const lines = text.split('\n')
      expect(lines.pop()).toBe(REQUEST.body)
      const { HTTP_HOST, ...all } = Object.fromEntries(lines.map((line: string) => line.split(/=(.*)/, 2)))
      expect(HTTP_HOST).toBe(`127.0.0.1:${port}`)
      return JSON.stringify(all)
    }
    const { ours, answers } = await everywhere(variables)
    expect(JSON.parse(ours)).toEqual(VARIABLES)
    for (const [name, text] of answers)
      expect([name, JSON.parse(text)]).toEqual([name, { ...VARIABLES, ...OTHER_VARIABLES[name] }])
  })
})
