import { describe, expect, it } from 'vitest'
import { boot, type Vm } from '../../index.ts'
import {
  EINTR,
  ERESTARTNOINTR,
  ERESTARTSYS,
  ERESTART_RESTARTBLOCK,
  errnoName,
  errnoNumber,
} from '../../kernel/errno.ts'
import { rows } from '../../syscalls/table.ts'
import { expectStatus, withVm } from '../support/vm.ts'
import { CALLS } from './calls.ts'
import type { Attempt, Errno } from './form.ts'

const show = (ret: number | undefined): string =>
  ret === undefined ? 'nothing' : ret < 0 ? (errnoName(-ret) ?? String(ret)) : String(ret)

/** Run `attempt` in a machine of its own: it must get `errno`, and from the call that is called `name`. */
function expectErrno(name: string, errno: Errno, attempt: Attempt): void {
  const wanted = -(errnoNumber(errno) as number)
  withVm({}, (vm) => {
    const seen = new Set<number>()
    const stop = watch(vm, name, seen)
    expect(show(resultOf(vm, attempt))).toBe(errno)
    stop()
    expect([...seen].filter((ret) => ret === wanted || (wanted === -EINTR && isRestart(-ret))).length).toBeGreaterThan(
      0,
    )
  })
  // The same where nobody watches: a call takes another way then.
  withVm({}, (vm) => {
    expect(show(resultOf(vm, attempt))).toBe(errno)
  })
}

function resultOf(vm: Vm, attempt: Attempt): number | undefined {
  let result: number | undefined
  const process = vm.spawn(function* main(sys) {
    result = yield* attempt(sys, vm)
    return 0
  })
  const outcome = vm.run()
  expectStatus(vm, process, 0)
  expect(['exited', 'deadlock']).toContain(outcome.kind)
  return result
}

/** Put the results of a call into `seen`. */
function watch(vm: Vm, name: string, seen: Set<number>): () => void {
  const nr = rows.find((row) => row.name === name)?.nr
  return vm.kernel.trace.sys_exit.register((_t, call, _args, ret) => {
    if (call === nr) seen.add(ret)
  })
}

function isRestart(errno: number): boolean {
  return errno >= ERESTARTSYS && errno <= ERESTART_RESTARTBLOCK && errno !== ERESTARTNOINTR
}

describe('errors', () => {
  for (const { call, rows } of CALLS) {
    for (const [errno, what, attempt] of rows) {
      if (attempt !== undefined) it(`${call}: ${errno} when ${what}`, () => expectErrno(call, errno, attempt))
    }
  }

  it('every call of the table has its errors here, once', () => {
    const names = CALLS.map(({ call }) => call).sort()
    expect(names).toEqual(rows.map((row) => row.name).sort())
  })

  it('every errno of a manual page is a test or has a reason why it cannot be', () => {
    const missing = CALLS.flatMap(({ call, man, rows }) => {
      const there = new Set(rows.map(([errno]) => errno))
      return man.filter((errno) => !there.has(errno)).map((errno) => `${call}: ${errno}`)
    })
    expect(missing).toEqual([])
  })

  it('no errno that is a test has a reason why it cannot be, and no reason is two words', () => {
    for (const { call, man, rows, never } of CALLS) {
      const tested = new Set<string>(rows.filter(([, , attempt]) => attempt !== undefined).map(([errno]) => errno))
      const reasons = rows.filter(([, , attempt]) => attempt === undefined)
      expect(
        reasons.map(([errno]) => errno).filter((errno) => tested.has(errno)),
        call,
      ).toEqual([])
      expect(new Set(reasons.map(([errno]) => errno)).size, call).toBe(reasons.length)
      expect(new Set(man).size, call).toBe(man.length)
      const texts = [...reasons.map(([, reason]) => reason), ...(never === null ? [] : [never])]
      expect(
        texts.filter((text) => text.split(' ').length < 5),
        call,
      ).toEqual([])
      expect(never === null, `${call} has rows or says why there are none`).toBe(rows.length > 0)
    }
  })

  it('every row of a call says something else', () => {
    const texts = CALLS.flatMap(({ call, rows }) => rows.map(([errno, what]) => `${call}: ${errno} when ${what}`))
    expect(texts.filter((text, i) => texts.indexOf(text) !== i)).toEqual([])
  })

  it('a program that gets no error, or another, or from another call, fails its row', () => {
    expect(() => expectErrno('close', 'EBADF', (sys) => sys.close(1))).toThrow()
    expect(() => expectErrno('close', 'EINVAL', (sys) => sys.close(99))).toThrow()
    expect(() => expectErrno('close', 'EBADF', (sys) => sys.dup(99))).toThrow()
    expect(boot().run()).toEqual({ kind: 'exited' })
  })
})
