import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { errnoName } from '../../kernel/errno.ts'
import { formatInjection, parseInjection, type Injection } from '../../kernel/inject/parse.ts'

const when = fc
  .tuple(fc.integer({ min: 1, max: 65534 }), fc.integer({ min: 0, max: 65534 }), fc.integer({ min: 1, max: 65535 }))
  .chain(([first, more, step]) => {
    const last = Math.min(first + more, 65534)
    return fc.constantFrom({ first, last: first, step: 1 }, { first, last: Infinity, step }, { first, last, step })
  })
const result = fc.option(
  fc.oneof(
    fc.record({ error: fc.integer({ min: 1, max: 4095 }) }),
    fc.record({ retval: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }) }),
  ),
)
const injection = fc
  .record<Injection>({
    set: fc.record({
      not: fc.boolean(),
      names: fc.array(fc.stringMatching(/^[?%]?[a-z][a-z0-9_]{0,8}$/), { minLength: 1, maxLength: 4 }),
    }),
    result,
    signal: fc.option(fc.integer({ min: 1, max: 64 })),
    when,
  })
  .filter((i) => i.result !== null || i.signal !== null)

describe('an injection', () => {
  test('that is written down reads as what it was, and is written the same again', () => {
    fc.assert(
      fc.property(injection, (i) => {
        const spec = formatInjection(i)
        expect(parseInjection(spec)).toEqual(i)
        expect(formatInjection(parseInjection(spec) as Injection)).toBe(spec)
      }),
      { numRuns: 300, seed: 1 },
    )
  })

  test('of any text is read or refused in one line', () => {
    const piece = fc.constantFrom(
      'read',
      ':',
      ',',
      '!',
      '=',
      'error',
      'when',
      'signal',
      '1',
      '0',
      '..',
      '+',
      'EIO',
      ' ',
    )
    const text = fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 12 })
    fc.assert(
      fc.property(text, (pieces) => {
        const spec = pieces.join('').replaceAll('\n', '')
        const read = parseInjection(spec)
        if (typeof read === 'string') expect(read).toMatch(/^.+$/)
        else expect(parseInjection(formatInjection(read))).toEqual(read)
      }),
      { numRuns: 1000, seed: 1 },
    )
  })

  test('takes every errno by name and number, small letters too, and signals with and without SIG', () => {
    for (let error = 1; error <= 516; error++) {
      const name = errnoName(error)
      const want = expect.objectContaining({ result: { error } }) as unknown
      expect(parseInjection(`read:error=${error}`)).toEqual(want)
      if (name !== undefined) expect(parseInjection(`read:error=${name.toLowerCase()}`)).toEqual(want)
    }
    for (const signal of ['SIGUSR1', 'usr1', '10']) {
      expect(parseInjection(`read:signal=${signal}`)).toMatchObject({ signal: 10, result: null })
    }
    expect(parseInjection('read:signal=RTMIN')).toMatchObject({ signal: 32 })
    expect(parseInjection('read:signal=SIGRT_32')).toMatchObject({ signal: 64 })
  })

  test.each([
    ['2', 2, 2, 1],
    ['2+', 2, Infinity, 1],
    ['2+3', 2, Infinity, 3],
    ['2..5', 2, 5, 1],
    ['2..5+', 2, 5, 1],
    ['2..5+3', 2, 5, 3],
    ['1:when=2', 2, 2, 1],
  ])('when=%s is from %i to %i by %i', (text, first, last, step) => {
    expect(parseInjection(`read:error=EIO:when=${text}`)).toMatchObject({ when: { first, last, step } })
  })

  test.each([
    'read:error=ENOSPC',
    '!read,write:retval=0:when=3',
    'vfs_read:error=41:signal=SIGRT_1:when=3+',
    '?frob,%file:signal=SIGUSR1:when=3..7+2',
    'all:error=ERESTARTSYS:when=1..7',
  ])('%s is how it is written', (spec) => {
    expect(formatInjection(parseInjection(spec) as Injection)).toBe(spec)
  })

  test.each([
    ['read', 'read: nothing to do: want error=, retval= or signal='],
    ['read:when=1', 'read:when=1: nothing to do: want error=, retval= or signal='],
    ['read:error=EFOO', 'error=EFOO: want an errno, such as ENOSPC, or 1..4095'],
    ['read:error=0', 'error=0: want an errno, such as ENOSPC, or 1..4095'],
    ['read:error=4096', 'error=4096: want an errno, such as ENOSPC, or 1..4095'],
    ['read:error=EWOULDBLOCK', 'error=EWOULDBLOCK: want an errno, such as ENOSPC, or 1..4095'],
    ['read:error=', 'error=: want an errno, such as ENOSPC, or 1..4095'],
    ['read:error=EIO:retval=1', 'retval=1: there is a result already: error and retval go once, and not together'],
    ['read:retval=-5', 'retval=-5: want 0..9007199254740991; for a failure, error='],
    ['read:retval=9007199254740992', 'retval=9007199254740992: want 0..9007199254740991; for a failure, error='],
    ['read:signal=0', 'signal=0: want a signal, such as SIGUSR1, or 1..64'],
    ['read:signal=65', 'signal=65: want a signal, such as SIGUSR1, or 1..64'],
    ['read:signal=1:signal=2', 'signal=2: there is a signal already'],
    ['read:error=EIO:when=', 'when=: want first[..last][+[step]]'],
    ['read:error=EIO:when=2..', 'when=2..: want first[..last][+[step]]'],
    ['read:error=EIO:when=1+1+1', 'when=1+1+1: want first[..last][+[step]]'],
    ['read:error=EIO:when=0', 'when=0: first is 0, want 1..65535'],
    ['read:error=EIO:when=65536', 'when=65536: first is 65536, want 1..65535'],
    ['read:error=EIO:when=1+0', 'when=1+0: step is 0, want 1..65535'],
    ['read:error=EIO:when=1..65535', 'when=1..65535: last is 65535, want 1..65534'],
    ['read:error=EIO:when=3..2', 'when=3..2: last is before first'],
    ['read:error=EIO:', 'nothing behind a colon: want error=, retval=, signal= or when='],
    ['read:frob=1', 'frob=1: want error=, retval=, signal= or when='],
    ['read:delay_enter=1', 'delay_enter=: strace has it, this machine has not'],
    [':error=EIO', "'': want names of system calls with commas between"],
    ['read,,write:error=EIO', "'read,,write': want names of system calls with commas between"],
    ['!read,!write:error=EIO', "'!write': no name of a system call"],
    ['/^r:error=EIO', '/^r: strace takes a regular expression, this machine does not'],
  ])('%s is refused', (spec, why) => {
    expect(parseInjection(spec)).toBe(why)
  })
})
