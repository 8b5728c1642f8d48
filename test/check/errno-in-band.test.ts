import { describe, expect, it } from 'vitest'
import { lint } from './lint.ts'

const check = (path: string, source: string) => lint('house/errno-in-band', path, source)
const lines = async (path: string, source: string) => (await check(path, source)).map((finding) => parseInt(finding))

const IMPORTS = `import { alloc_pid } from '../task/pid.ts'
import { pipe_fcntl, pipe_read, type file_operations } from './pipe.ts'
`

describe('errno-in-band', () => {
  it('a dropped errno fails the check', async () => {
    const source = `${IMPORTS}export function f() {
      pipe_fcntl(1)
    }`
    expect(await check('kernel/fs/ramfs.ts', source)).toEqual([
      '4: an int result was dropped: it may be an errno; use it, or say void',
    ])
  })

  it('an errno dropped after a sleep fails the check', async () => {
    const source = `${IMPORTS}export function* f() {
      yield* pipe_read(1)
    }`
    expect(await lines('kernel/fs/ramfs.ts', source)).toEqual([4])
  })

  it('an errno behind && or ?. is dropped all the same', async () => {
    const source = `${IMPORTS}export function f(ok: boolean, op?: { close: () => number }) {
      ok && pipe_fcntl(1)
      op?.close()
    }`
    expect(await lines('kernel/fs/ramfs.ts', source)).toEqual([4, 5])
  })

  it('a dropped pid fails the check, for a branded number is a number', async () => {
    const source = `${IMPORTS}export function f() {
      alloc_pid()
    }`
    expect(await lines('kernel/fs/ramfs.ts', source)).toEqual([4])
  })

  it('an errno dropped by a user program fails the check', async () => {
    const source = `import { pipe_fcntl } from '../../kernel/fs/pipe.ts'
      pipe_fcntl(1)`
    expect(await lines('userland/bin/cat.ts', source)).toEqual([2])
  })

  it('an errno that is used, or dropped by void, passes the check', async () => {
    const source = `${IMPORTS}export function* f(op: file_operations) {
      const ret = pipe_fcntl(1)
      if (ret < 0) return ret
      void pipe_fcntl(2)
      void (yield* pipe_read(3))
      op.release()
      return yield* pipe_read(4)
    }`
    expect(await check('kernel/fs/ramfs.ts', source)).toEqual([])
  })

  it('a number that the language’s own library returns may be dropped', async () => {
    const source = `export function f(list: number[]) {
      list.push(1)
      list.unshift(2)
    }`
    expect(await check('kernel/fs/ramfs.ts', source)).toEqual([])
  })

  it('throwing anything but a Bug in the kernel fails the check', async () => {
    const source = `export function f(n: number) {
      if (n === 1) throw new Error('no')
      throw n
    }`
    expect(await lines('kernel/fs/pipe.ts', source)).toEqual([2, 3])
    expect(await lines('syscalls/read_write.ts', source)).toEqual([2, 3])
    expect(await lines('userland/bin/cat.ts', source)).toEqual([])
  })

  it('throwing a Bug passes the check, and so does passing one on', async () => {
    const source = `import { Bug } from '../bug.ts'
    export function f(error: unknown) {
      if (error instanceof Bug) throw error
      throw new Bug('kernel BUG')
    }`
    expect(await check('kernel/fs/pipe.ts', source)).toEqual([])
  })

  it('a catch in the kernel fails the check', async () => {
    const source = `export function f(g: () => void) {
      try {
        g()
      } catch {
        g()
      }
    }`
    expect(await lines('kernel/fs/pipe.ts', source)).toEqual([4])
    expect(await lines('syscalls/read_write.ts', source)).toEqual([4])
  })

  it('a catch passes the check around memfs, and finally does everywhere', async () => {
    const source = (end: string) => `export function f(g: () => void) {
      try {
        g()
      } ${end} {
        g()
      }
    }`
    expect(await check('kernel/fs/ramfs.ts', source('catch'))).toEqual([])
    expect(await check('kernel/fs/pipe.ts', source('finally'))).toEqual([])
  })
})
