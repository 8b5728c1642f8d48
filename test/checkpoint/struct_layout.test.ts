import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  ckpt_hdr,
  ckpt_hdr_const,
  ckpt_hdr_header,
  ckpt_hdr_tail,
  ckpt_hdr_task,
} from '../../kernel/checkpoint/checkpoint_hdr.ts'
import { ckpt_ctx } from '../../kernel/checkpoint/checkpoint_types.ts'
import { new_utsname } from '../../kernel/task/nsproxy.ts'
import type { StructFields, StructType } from '../../kernel/struct.ts'

interface Layout {
  readonly struct: string
  readonly sizeof: number
  readonly fields: readonly { readonly field: string; readonly offset: number; readonly size: number }[]
}

const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'layout.json'), 'utf8')) as Layout[]

const ours: StructType<StructFields>[] = [
  ckpt_hdr,
  ckpt_hdr_const,
  ckpt_hdr_header,
  ckpt_hdr_tail,
  ckpt_hdr_task,
  ckpt_ctx,
  new_utsname,
]

describe('a struct is laid out as a C compiler lays it out', () => {
  test.each(ours.map((type) => [type.tag, type] as const))('%s', (_tag, type) => {
    const layout: Layout = {
      struct: type.tag,
      sizeof: type.sizeof,
      fields: type.fields.map((f) => ({ field: f.name, offset: f.offset, size: f.type.size })),
    }
    expect(layout).toEqual(golden.find((one) => one.struct === type.tag))
  })

  test('and the table has no other struct', () => {
    expect(golden.map((one) => one.struct)).toEqual(ours.map((type) => type.tag))
  })
})

const lacks = cannotCompile()

test.skipIf(lacks !== null)(`gcc agrees with the table${lacks === null ? '' : ` (skipped: ${lacks})`}`, () => {
  const dir = mkdtempSync(join(tmpdir(), 'ckptvm-layout-'))
  try {
    const program = join(dir, 'layout')
    execFileSync('gcc', ['-Wall', '-Werror', '-o', program, join(import.meta.dirname, 'layout.c')])
    expect(JSON.parse(execFileSync(program, { encoding: 'utf8' }))).toEqual(golden)
  } finally {
    rmSync(dir, { recursive: true })
  }
})

/** Why the table cannot be made here; null where it can. */
function cannotCompile(): string | null {
  const { error, stdout } = spawnSync('gcc', ['-dM', '-E', '-x', 'c', '-'], { input: '', encoding: 'utf8' })
  if (error !== undefined) return 'no gcc here'
  return /__LP64__ 1/.test(stdout) ? null : 'this gcc is not for a 64-bit machine'
}
