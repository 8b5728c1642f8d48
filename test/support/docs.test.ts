import { expect, it } from 'vitest'
import { examplesOf, runExample, typeErrors } from './docs.ts'

const fence = '```'
const page = `# Page

${fence}ts
const n: number = 'text'
console.log(n, [1])
${fence}

It prints:

${fence}text
text [ 1 ]
${fence}

${fence}ts
throw new Error('no')
${fence}

${fence}sh
true
${fence}

${fence}text
of the shell
${fence}
`

it('an example is a ts block and the text block behind it', () => {
  expect(examplesOf('p.md', page).map(({ line, output }) => [line, output])).toEqual([
    [3, 'text [ 1 ]\n'],
    [14, ''],
  ])
})

it('an example is compiled with its types, and its errors are told by the page’s lines', () => {
  expect(typeErrors(examplesOf('p.md', page))).toEqual(["p.md:4: Type 'string' is not assignable to type 'number'."])
})

it('an example that throws fails', async () => {
  const [prints, throws] = examplesOf('p.md', page)
  expect(await runExample(prints)).toBe('text [ 1 ]\n')
  await expect(runExample(throws)).rejects.toThrow('no')
})
