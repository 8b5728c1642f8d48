import { describe, expect, it } from 'vitest'
import { lint } from './lint.ts'

describe('no-ambient', () => {
  it('a look at the host’s clock, console or memory fails the check', async () => {
    const source = `export const all = [Date.now(), performance.now(), process.pid, Buffer.alloc(1), globalThis]
      console.log(setTimeout, queueMicrotask)`
    for (const path of ['kernel/fs/pipe.ts', 'syscalls/read_write.ts', 'userland/bin/cat.ts']) {
      expect(await lint('no-restricted-globals', path, source)).toHaveLength(8)
    }
    expect(await lint('no-restricted-globals', 'scripts/ckptvm.ts', source)).toEqual([])
  })

  it('a Promise fails the check, and so does its type', async () => {
    const value = 'export const p = Promise.resolve()'
    expect(await lint('no-restricted-globals', 'kernel/fs/pipe.ts', value)).toHaveLength(1)
    const type = 'export type T = Promise<number> | PromiseLike<number>'
    expect(await lint('no-restricted-syntax', 'kernel/fs/pipe.ts', type)).toHaveLength(2)
  })

  it('randomness that no seed governs fails the check', async () => {
    const source = 'export const r = Math.random()'
    expect(await lint('no-restricted-properties', 'kernel/fs/pipe.ts', source)).toHaveLength(1)
  })
})
