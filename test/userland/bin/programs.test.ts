import { describe, expect, it } from 'vitest'
import type { Libc } from '../../../userland/libc.ts'
import type { Run } from '../../../userland/program.ts'
import { inVm, ok, pipe, textAt, waitFor } from '../../support/vm.ts'

/** Run /bin/`argv[0]` with `input`; what it writes to both outputs, and its status as wait(2) reports it. */
function run(argv: readonly string[], input = ''): { out: string; err: string; status: number } {
  const result = { out: '', err: '', status: -1 }
  inVm(function* (sys) {
    const stdin = yield* pipe(sys)
    const stdout = yield* pipe(sys)
    const stderr = yield* pipe(sys)
    const pid = ok(
      yield* sys.fork(function* (child) {
        ok(yield* child.dup3(stdin.rd, 0, 0))
        ok(yield* child.dup3(stdout.wr, 1, 0))
        ok(yield* child.dup3(stderr.wr, 2, 0))
        for (const p of [stdin, stdout, stderr]) for (const fd of [p.rd, p.wr]) ok(yield* child.close(fd))
        return yield* child.execve(`/bin/${argv[0]}`, argv)
      }),
    )
    for (const fd of [stdin.rd, stdout.wr, stderr.wr]) ok(yield* sys.close(fd))
    if (input !== '') ok(yield* sys.print(input, stdin.wr))
    ok(yield* sys.close(stdin.wr))
    result.out = yield* drain(sys, stdout.rd, 20000)
    result.err = yield* drain(sys, stderr.rd, 20000)
    result.status = yield* waitFor(sys, pid)
    return 0
  })
  return result
}

/** What comes from `fd`, at most about `limit` bytes; then nobody reads it any more. */
function* drain(sys: Libc, fd: number, limit: number): Run<string> {
  const buf = sys.alloc(4096)
  let text = ''
  while (text.length < limit) {
    const n = ok(yield* sys.read(fd, buf, 4096))
    if (n === 0) break
    text += textAt(sys, buf, n)
  }
  ok(yield* sys.close(fd))
  return text
}

const SIGPIPE = 13

describe('the programs of /bin', () => {
  it('true ends with 0 and false with 1, and neither says a word', () => {
    expect(run(['true'])).toEqual({ out: '', err: '', status: 0 })
    expect(run(['false'])).toEqual({ out: '', err: '', status: 1 << 8 })
  })

  it('cat copies standard input, where it has no operand and for -', () => {
    expect(run(['cat'], 'one\ntwo')).toEqual({ out: 'one\ntwo', err: '', status: 0 })
    expect(run(['cat', '-'], 'one')).toEqual({ out: 'one', err: '', status: 0 })
  })

  it('cat names what it cannot open and goes on with the rest', () => {
    const missing = 'cat: /none: No such file or directory\n'
    expect(run(['cat', '/none', '-'], 'rest')).toEqual({ out: 'rest', err: missing, status: 1 << 8 })
  })

  it('echo writes its arguments with single spaces, and no newline with -n', () => {
    expect(run(['echo', 'a  b', '', 'c']).out).toBe('a  b  c\n')
    expect(run(['echo', '-n', 'a', '-n']).out).toBe('a -n')
    expect(run(['echo']).out).toBe('\n')
  })

  it('tee writes what it reads to its output', () => {
    expect(run(['tee'], 'x\n')).toEqual({ out: 'x\n', err: '', status: 0 })
  })

  it('seq counts up, by steps, down, and not at all', () => {
    expect(run(['seq', '3']).out).toBe('1\n2\n3\n')
    expect(run(['seq', '2', '3', '9']).out).toBe('2\n5\n8\n')
    expect(run(['seq', '1', '-1', '-1']).out).toBe('1\n0\n-1\n')
    expect(run(['seq', '-s', ',', '3']).out).toBe('1,2,3\n')
    expect(run(['seq', '0'])).toEqual({ out: '', err: '', status: 0 })
    expect(run(['seq', '2000']).out.split('\n').slice(1997)).toEqual(['1998', '1999', '2000', ''])
  })

  it('seq refuses what is no number, and a step of zero', () => {
    expect(run(['seq', 'x'])).toEqual({ out: '', err: "seq: invalid argument: 'x'\n", status: 1 << 8 })
    expect(run(['seq', '1', '0', '2']).err).toBe("seq: invalid Zero increment value: '0'\n")
  })

  it('wc counts lines, words and bytes', () => {
    expect(run(['wc'], 'one two\n three\n').out).toBe('      2       3      15\n')
    expect(run(['wc', '-l'], 'a\nb').out).toBe('1\n')
    expect(run(['wc', '-cw'], 'é b').out).toBe('      2       4\n')
  })

  it('sleep takes fractions and units, and refuses other words', () => {
    expect(run(['sleep', '1.5', '2m'])).toEqual({ out: '', err: '', status: 0 })
    expect(run(['sleep', 'long']).err).toBe("sleep: invalid time interval 'long'\n")
    expect(run(['sleep']).err).toBe('sleep: missing operand\n')
  })

  it('yes goes on until nobody reads, and ends by SIGPIPE', () => {
    const { out, err, status } = run(['yes', 'a', 'b'])
    expect(out.slice(0, 8)).toBe('a b\na b\n')
    expect({ err, status }).toEqual({ err: '', status: SIGPIPE })
  })

  it.each(['cat', 'echo', 'seq', 'sleep', 'tee', 'wc', 'yes'])('%s says with --help how it is used', (name) => {
    const { out, status } = run([name, '--help'])
    expect(out).toContain(`usage: ${name}`)
    expect(status).toBe(0)
  })

  it.each(['cat', 'sleep', 'tee', 'wc', 'yes'])('%s refuses an option that it does not have', (name) => {
    expect(run([name, '-Z'])).toEqual({ out: '', err: `${name}: invalid option -- 'Z'\n`, status: 1 << 8 })
  })
})
