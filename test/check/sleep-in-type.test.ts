import { describe, expect, it } from 'vitest'
import { lint } from './lint.ts'

const check = (path: string, source: string) => lint('house/sleep-in-type', path, source)

const DROPPED = 'a sleeping call was dropped: run it with yield*, or say void'
const BARE_YIELD = 'a bare yield outside the wait primitives'
const ASYNC = 'no async in the machine: what may sleep returns Sleeps'

const IMPORTS = `import type { Sleeps } from '../types.ts'
import { pipe_read, pipe_write } from './pipe.ts'
`

describe('sleep-in-type', () => {
  it('a dropped sleeping call fails the check', async () => {
    const source = `${IMPORTS}export function f() {
      pipe_read(1)
    }`
    expect(await check('kernel/fs/ramfs.ts', source)).toEqual([`4: ${DROPPED}`])
  })

  it('a dropped call that only may sleep fails the check', async () => {
    const source = `${IMPORTS}export function f() {
      pipe_write(1)
    }`
    expect(await check('kernel/fs/ramfs.ts', source)).toEqual([`4: ${DROPPED}`])
  })

  it('a sleeping call behind &&, ?:, a comma or ?. is dropped all the same', async () => {
    const source = `${IMPORTS}export function f(ok: boolean, op?: { read: () => Sleeps<void> }) {
      ok && pipe_read(1)
      ok ? pipe_read(2) : undefined
      pipe_read(3), pipe_read(4)
      op?.read()
      for (let i = 0; i < 9; pipe_read(i)) i++
    }`
    const lines = (await check('kernel/fs/ramfs.ts', source)).map((finding) => parseInt(finding))
    expect(lines).toEqual([4, 5, 6, 6, 7, 8])
  })

  it('a sleeping function handed over as one that returns void fails the check', async () => {
    const source = `${IMPORTS}export function f(counts: number[]) {
      counts.forEach((count) => pipe_read(count))
      counts.forEach(pipe_read)
    }`
    const findings = await check('kernel/fs/ramfs.ts', source)
    expect(findings.map((finding) => parseInt(finding))).toEqual([4, 5])
  })

  it('a sleeping call dropped by a user program fails the check', async () => {
    const source = `import { pipe_read } from '../../kernel/fs/pipe.ts'
      pipe_read(1)`
    expect(await check('userland/bin/cat.ts', source)).toEqual([`2: ${DROPPED}`])
  })

  it('a sleeping call that is run, kept, handed on or dropped by void passes the check', async () => {
    const source = `${IMPORTS}export function* f(): Sleeps<number> {
      yield* pipe_read(1)
      let later = pipe_read(2)
      later = pipe_read(3)
      void pipe_read(4)
      return yield* later
    }
    export const g = () => pipe_read(5)
    export const all = [1, 2].map((count) => pipe_read(count))`
    expect(await check('kernel/fs/ramfs.ts', source)).toEqual([])
  })

  it('a bare yield outside the wait primitives fails the check', async () => {
    const source = 'export function* f() {\n  yield\n}'
    expect(await check('kernel/fs/pipe.ts', source)).toEqual([`2: ${BARE_YIELD}`])
    expect(await check('syscalls/read_write.ts', source)).toEqual([`2: ${BARE_YIELD}`])
  })

  it('a bare yield in kernel/sched or in a user program passes the check', async () => {
    const source = 'export function* f() {\n  yield\n}'
    expect(await check('kernel/sched/wait.ts', source)).toEqual([])
    expect(await check('userland/bin/cat.ts', source)).toEqual([])
  })

  it('an async function in the kernel fails the check', async () => {
    const source = `export async function f() {
      await 0
    }
    export const g = async () => {}`
    expect(await check('syscalls/read_write.ts', source)).toEqual([`1: ${ASYNC}`, `2: ${ASYNC}`, `4: ${ASYNC}`])
    expect(await check('index.ts', source)).toEqual([])
  })
})
