import { expect, test } from 'vitest'
import { boot } from '../../index.ts'

// What strace 6.1 prints of the same calls.
test('strace shows what each futex operation has, and no more', () => {
  const lines: string[] = []
  const vm = boot()
  vm.strace(({ text }) => {
    if (text.startsWith('futex')) lines.push(text)
  })
  vm.spawn(function* program(sys) {
    const ops: (readonly number[])[] = [
      [257, 1],
      [1, 1],
      [129, 1],
      [2, 1],
      [99, 1, 100],
      [3, -1, 1, 100],
      [131, 1, 1, 104],
      [4, 1, 1, 100, 5],
      [260, 1, 1, 100, 0],
      [5, 1, 1, 100, 0x00007005],
      [5, 1, 1, 100, 0x14fff000],
      [5, 1, 1, 100, 0x50001000],
      [5, 1, 1, 100, 0x06009000],
      [133, 1, 1, 100, 0xa0021000 | 0],
      [10, 1, 0, 0, 6],
    ]
    for (const [op, val, val2 = 0, at2 = 0, val3 = 0] of ops) yield* sys.syscall(98, 96, op, val, val2, at2, val3)
    const time = sys.words(0n, 2_000_000_000n)
    yield* sys.syscall(98, 96, 0, 1, time)
    yield* sys.syscall(98, 96, 9 | 256, 0, sys.words(0n, 0n), 0, -1)
    return 0
  })
  vm.run()
  expect(lines.map((line) => line.replace('futex(0x60, ', '').replace(/ \([A-Z].*/, ''))).toEqual([
    '0x101 /* FUTEX_??? */, 1) = -1 ENOSYS',
    'FUTEX_WAKE, 1) = -1 EFAULT',
    'FUTEX_WAKE_PRIVATE, 1) = 0',
    'FUTEX_FD, 1) = -1 ENOSYS',
    '0x63 /* FUTEX_??? */, 1, 0x64, NULL, 0) = -1 ENOSYS',
    'FUTEX_REQUEUE, 4294967295, 1, 0x64) = -1 EINVAL',
    'FUTEX_REQUEUE_PRIVATE, 1, 1, 0x68) = 0',
    'FUTEX_CMP_REQUEUE, 1, 1, 0x64, 5) = -1 EFAULT',
    '0x104 /* FUTEX_??? */, 1, 1, 0x64, 0) = -1 ENOSYS',
    'FUTEX_WAKE_OP, 1, 1, 0x64, FUTEX_OP_SET<<28|0x7<<12|FUTEX_OP_CMP_EQ<<24|0x5) = -1 EFAULT',
    'FUTEX_WAKE_OP, 1, 1, 0x64, FUTEX_OP_ADD<<28|0xfff<<12|FUTEX_OP_CMP_GT<<24|0) = -1 EFAULT',
    'FUTEX_WAKE_OP, 1, 1, 0x64, 0x5<<28 /* FUTEX_OP_??? */|0x1<<12|FUTEX_OP_CMP_EQ<<24|0) = -1 EFAULT',
    'FUTEX_WAKE_OP, 1, 1, 0x64, FUTEX_OP_SET<<28|0x9<<12|0x6<<24 /* FUTEX_OP_CMP_??? */|0) = -1 EFAULT',
    'FUTEX_WAKE_OP_PRIVATE, 1, 1, 0x64, FUTEX_OP_OPARG_SHIFT<<28|FUTEX_OP_OR<<28|0x21<<12|FUTEX_OP_CMP_EQ<<24|0) = -1 EFAULT',
    'FUTEX_WAKE_BITSET, 1, 0x6) = -1 EFAULT',
    'FUTEX_WAIT, 1, {tv_sec=0, tv_nsec=2000000000}) = -1 EINVAL',
    'FUTEX_WAIT_BITSET|FUTEX_CLOCK_REALTIME, 0, {tv_sec=0, tv_nsec=0}, FUTEX_BITSET_MATCH_ANY) = -1 EFAULT',
  ])
})

test('strace shows prctl’s options about capabilities and dumps', () => {
  const lines: string[] = []
  const vm = boot()
  vm.strace(({ text }) => lines.push(text))
  vm.spawn(function* program(sys) {
    const calls = [
      [3, 9],
      [4, 1],
      [4, 5],
      [13, 5],
      [14, 0],
      [14, 7],
      [23, 5],
      [24, 33],
      [24, 999],
      [27, 5],
      [28, 0x15],
      [28, 0],
      [28, 0x1015],
    ]
    for (const [option, arg] of calls) yield* sys.syscall(167, option, arg, 8, 7, 6)
    return 0
  })
  vm.run()
  const NONE = ' = -1 EINVAL (Invalid argument)'
  expect(lines.slice(0, -2)).toEqual([
    'prctl(PR_GET_DUMPABLE) = 1',
    'prctl(PR_SET_DUMPABLE, SUID_DUMP_USER) = 0',
    `prctl(PR_SET_DUMPABLE, 0x5 /* SUID_DUMP_??? */)${NONE}`,
    'prctl(PR_GET_TIMING) = 0',
    'prctl(PR_SET_TIMING, 0) = 0',
    `prctl(PR_SET_TIMING, 7)${NONE}`,
    'prctl(PR_CAPBSET_READ, CAP_KILL) = 1',
    'prctl(PR_CAPBSET_DROP, CAP_MAC_ADMIN) = 0',
    `prctl(PR_CAPBSET_DROP, 0x3e7 /* CAP_??? */)${NONE}`,
    'prctl(PR_GET_SECUREBITS) = 0',
    'prctl(PR_SET_SECUREBITS, SECBIT_NOROOT|SECBIT_NO_SETUID_FIXUP|SECBIT_KEEP_CAPS) = 0',
    'prctl(PR_SET_SECUREBITS, 0) = 0',
    'prctl(PR_SET_SECUREBITS, SECBIT_NOROOT|SECBIT_NO_SETUID_FIXUP|SECBIT_KEEP_CAPS|0x1000) = -1 EPERM (Operation not permitted)',
  ])
})
