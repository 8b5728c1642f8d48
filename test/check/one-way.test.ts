import { describe, expect, it } from 'vitest'
import { checkCircles } from '../../scripts/check/circle.ts'
import { formatFinding } from '../../scripts/check/finding.ts'
import { lint } from './lint.ts'

const check = (path: string, source: string) => lint('house/one-way', path, source)
const circles = (files: Record<string, string>) => checkCircles(new Map(Object.entries(files))).map(formatFinding)

describe('one-way', () => {
  it('an import from kernel to syscalls fails the check', async () => {
    expect(await check('kernel/fs/pipe.ts', `export { STANDS_IN } from '../../syscalls/read_write.ts'`)).toEqual([
      '1: kernel/fs/pipe.ts may not import syscalls/read_write.ts',
    ])
  })

  it.each([
    ['kernel/fs/pipe.ts', '../../userland/bin/cat.ts'],
    ['kernel/fs/pipe.ts', '../../index.ts'],
    ['syscalls/read_write.ts', '../userland/bin/cat.ts'],
    ['syscalls/read_write.ts', '../scripts/ckptvm.ts'],
    ['userland/bin/cat.ts', '../../index.ts'],
  ])('an import of a type from %s to %s fails the check', async (from, to) => {
    expect(await check(from, `import type { STANDS_IN } from '${to}'\nexport type T = typeof STANDS_IN`)).toHaveLength(
      1,
    )
    expect(await check(from, `export type T = typeof import('${to}').STANDS_IN`)).toHaveLength(1)
  })

  it.each([
    ['kernel/task/pid.ts', '../fs/pipe.ts'],
    ['kernel/mm/slab.ts', '../checkpoint/sys.ts'],
    ['kernel/sched/wait.ts', '../fs/pipe.ts'],
    ['kernel/printk.ts', './fs/pipe.ts'],
    ['kernel/fs/pipe.ts', '../checkpoint/sys.ts'],
  ])('an import from %s, which is general, to %s, which is specific, fails the check', async (from, to) => {
    expect(await check(from, `import * as all from '${to}'\nexport const some = all`)).toHaveLength(1)
    expect(await check(from, `export const later = () => import('${to}')`)).toHaveLength(1)
  })

  it('a task may know the type of its files', async () => {
    const source = `import type { file_operations } from '../fs/pipe.ts'\nexport type T = file_operations`
    expect(await check('kernel/task/pid.ts', source)).toEqual([])
  })

  it('an import of the host into the machine fails the check', async () => {
    for (const path of ['kernel/fs/pipe.ts', 'syscalls/read_write.ts', 'userland/bin/cat.ts']) {
      expect(await check(path, `import 'node:fs'\nimport 'buffer'\nimport 'memfs'`)).toHaveLength(3)
    }
  })

  it('memfs passes the check in kernel/fs/ramfs.ts alone, and the host passes it in scripts', async () => {
    expect(await check('kernel/fs/ramfs.ts', `import 'memfs'`)).toEqual([])
    expect(await check('kernel/fs/ramfs.ts', `import 'node:fs'`)).toHaveLength(1)
    expect(await check('scripts/ckptvm.ts', `import 'node:fs'`)).toEqual([])
  })

  it('a user program that calls into the kernel fails the check', async () => {
    const source = `import { PIPE_BUF, pipe_fcntl } from '../../kernel/fs/pipe.ts'\nexport const n = pipe_fcntl(PIPE_BUF)`
    expect(await check('userland/bin/cat.ts', source)).toEqual([
      '1: userland calls nothing below it but what traps: pipe_fcntl of kernel/fs/pipe.ts is no constant',
    ])
  })

  it('a user program that knows the kernel’s constants and types passes the check', async () => {
    const source = `import { PIPE_BUF, type file_operations } from '../../kernel/fs/pipe.ts'
      export const n = PIPE_BUF
      export type T = file_operations`
    expect(await check('userland/bin/cat.ts', source)).toEqual([])
  })

  it('a circle of imports fails the check, and is said once', () => {
    const files = {
      'kernel/mm/slab.ts': `\nimport { FIRST_PID } from '../task/pid.ts'`,
      'kernel/task/pid.ts': `export { schedule } from '../sched/wait.ts'`,
      'kernel/sched/wait.ts': `import '../mm/slab.ts'\nimport '../bug.ts'`,
      'kernel/bug.ts': '',
    }
    expect(circles(files)).toEqual([
      'kernel/mm/slab.ts:2: imports run in a circle: ' +
        'kernel/mm/slab.ts → kernel/task/pid.ts → kernel/sched/wait.ts → kernel/mm/slab.ts [one-way]',
    ])
  })

  it('a circle that only types close passes the check', () => {
    const files = {
      'kernel/mm/slab.ts': `import { FIRST_PID } from '../task/pid.ts'`,
      'kernel/task/pid.ts': `import type { Slab } from '../mm/slab.ts'\nexport type { Chunk } from '../mm/slab.ts'`,
    }
    expect(circles(files)).toEqual([])
  })

  it('the files of the patch may call each other in a circle, but no other file may be in it', () => {
    const files = {
      'kernel/checkpoint/sys.ts': `import { do_checkpoint } from './checkpoint.ts'`,
      'kernel/checkpoint/checkpoint.ts': `import { ckpt_kwrite } from './sys.ts'`,
    }
    expect(circles(files)).toEqual([])
    const through = { ...files, 'kernel/checkpoint/checkpoint.ts': `import '../kernel.ts'` }
    expect(circles({ ...through, 'kernel/kernel.ts': `import './checkpoint/sys.ts'` })).toHaveLength(1)
  })
})
