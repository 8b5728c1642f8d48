import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { runCase, type Case, type Result } from '../scripts/vectors/case.ts'

interface Vector {
  readonly id: string
  readonly case: Case
  readonly expect: Result & { readonly id: string }
}

const root = join(import.meta.dirname, '..')
const vectors = gunzipSync(readFileSync(join(root, 'test/vectors/patch20.jsonl.gz')))
  .toString()
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Vector)
const byOp = new Map<string, Vector[]>()
for (const v of vectors) byOp.set(v.case.op, [...(byOp.get(v.case.op) ?? []), v])

describe('the machine does what the C code of the patch did', () => {
  test('in 3,000 cases, of every syscall and helper', () => {
    expect(vectors).toHaveLength(3000)
    expect([...byOp.keys()].sort()).toEqual(
      [
        ...['checkpoint', 'restart', 'ckpt_write_err', '__ckpt_write_err'],
        ...['ckpt_write_obj_type', 'ckpt_write_obj_type(NULL)', 'ckpt_write_buffer', 'ckpt_write_string'],
        ...['_ckpt_read_obj_type', '_ckpt_read_obj_type(NULL)', '_ckpt_read_buffer', '_ckpt_read_string'],
        ...['_ckpt_read_nbuffer', 'ckpt_read_obj_type', 'ckpt_read_buf_type'],
      ].sort(),
    )
  })

  test.each([...byOp.keys()])('%s', (op) => {
    const wrong = (byOp.get(op) ?? []).flatMap((v) => {
      const got = { id: v.id, ...runCase(v.case) }
      return isDeepStrictEqual(got, v.expect) ? [] : [{ ...v, got }]
    })
    const [first] = wrong
    if (first !== undefined) expect(first.got, wrong.map((v) => v.id).join(' ')).toEqual(first.expect)
  })
})

describe('npm run --silent vectors', () => {
  test('is in package.json', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    expect(scripts.vectors).toBe('tsx scripts/vectors.ts')
  })

  test('answers each case with one line, of its id and what came of it, and passes over blank lines and unknown keys', () => {
    const some = [...byOp.values()].map(([v]) => v)
    const lines = some.map(({ id, case: c }, i) =>
      i % 2 === 0 ? JSON.stringify({ id, case: c }) : JSON.stringify({ note: [1], case: { ...c, mood: 'good' }, id }),
    )
    const input = `\n${lines.join('\n\n  \n')}\n\n`
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/vectors.ts'], {
      cwd: root,
      input,
      encoding: 'utf8',
    })
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    expect(stdout.endsWith('\n')).toBe(true)
    const answers = stdout.trimEnd().split('\n')
    expect(answers.map((line) => JSON.parse(line) as unknown)).toEqual(some.map((v) => v.expect))
  })
})
