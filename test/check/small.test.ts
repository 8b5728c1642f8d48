import { describe, expect, it } from 'vitest'
import { lint } from './lint.ts'

describe('small', () => {
  it('an enum and a barrel fail the check', async () => {
    const source = `export enum E { A }\nexport * from '../bug.ts'`
    expect(await lint('no-restricted-syntax', 'kernel/fs/pipe.ts', source)).toHaveLength(2)
  })

  it('a namespace that has a name passes the check', async () => {
    const source = `export * as bug from './kernel/bug.ts'`
    expect(await lint('no-restricted-syntax', 'index.ts', source)).toEqual([])
  })

  it('a default export fails the check', async () => {
    for (const source of ['export default 1', 'const x = 1\nexport { x as default }']) {
      expect(await lint('no-restricted-syntax', 'kernel/fs/pipe.ts', source)).toHaveLength(1)
      expect(await lint('no-restricted-syntax', 'index.ts', source)).toHaveLength(1)
    }
  })

  it('a file of more than 400 lines fails the check', async () => {
    const lines = (n: number) => 'export {}\n'.repeat(n)
    expect(await lint('max-lines', 'kernel/fs/pipe.ts', lines(401))).toHaveLength(1)
    expect(await lint('max-lines', 'kernel/fs/pipe.ts', lines(400))).toEqual([])
  })
})
