import { expect, test } from 'vitest'
import { boot, type UserPtr } from '../../index.ts'

const NOWHERE = 8 as UserPtr
const EFAULT = '= -1 EFAULT (Bad address)'

test('strace shows the clock, the log, what the machine has and what it is to be', () => {
  const vm = boot({ cmdline: '', mem: 1 << 20, time: 1000 })
  const lines: string[] = []
  vm.strace(({ text }) => lines.push(text.replace(/0x3f[0-9a-f]{6}/g, 'ADDR')))
  vm.spawn(function* program(sys) {
    const buf = sys.alloc(128)
    for (const clock of [0, 2, 99]) void (yield* sys.syscall(114, clock, buf))
    void (yield* sys.syscall(112, 0, sys.words(2000n, 5n)))
    void (yield* sys.syscall(112, 3, NOWHERE))
    void (yield* sys.syscall(169, buf, 0))
    sys.storeInt(buf, 60)
    sys.storeInt((buf + 4) as UserPtr, 1)
    void (yield* sys.syscall(170, sys.words(3000n, 7n), buf))
    void (yield* sys.syscall(169, 0, buf))
    void (yield* sys.syscall(170, NOWHERE, 0))
    void (yield* sys.syscall(168, buf, 0, 0))
    void (yield* sys.syscall(168, NOWHERE, 0, 0))
    void (yield* sys.syscall(179, buf))
    void (yield* sys.syscall(179, NOWHERE))
    void (yield* sys.syscall(116, 3, buf, 60))
    void (yield* sys.syscall(116, 10, NOWHERE, 0))
    void (yield* sys.syscall(116, 3, NOWHERE, 100))
    void (yield* sys.syscall(116, 77, 0, 0))
    for (const kind of [0x4040000, 8, 0x20000001, -1]) void (yield* sys.syscall(92, kind))
    return 0
  })
  expect(vm.run()).toEqual({ kind: 'exited' })
  expect(lines.slice(0, -2)).toEqual([
    'clock_getres(CLOCK_REALTIME, {tv_sec=0, tv_nsec=1}) = 0',
    'clock_getres(CLOCK_PROCESS_CPUTIME_ID, {tv_sec=0, tv_nsec=4000000}) = 0',
    'clock_getres(0x63 /* CLOCK_??? */, ADDR) = -1 EINVAL (Invalid argument)',
    'clock_settime(CLOCK_REALTIME, {tv_sec=2000, tv_nsec=5}) = 0',
    'clock_settime(CLOCK_THREAD_CPUTIME_ID, 0x8) = -1 EINVAL (Invalid argument)',
    'gettimeofday({tv_sec=2000, tv_usec=0}, NULL) = 0',
    'settimeofday({tv_sec=3000, tv_usec=7}, {tz_minuteswest=60, tz_dsttime=1}) = 0',
    'gettimeofday(NULL, {tz_minuteswest=60, tz_dsttime=1}) = 0',
    `settimeofday(0x8, NULL) ${EFAULT}`,
    'getcpu([0], NULL, NULL) = 0',
    `getcpu(0x8, NULL, NULL) ${EFAULT}`,
    expect.stringMatching(
      /^sysinfo\(\{uptime=0, loads=\[0, 0, 0\], totalram=3145728, freeram=\d+, sharedram=\d+, bufferram=0, totalswap=0, freeswap=0, procs=1, totalhigh=0, freehigh=0, mem_unit=1\}\) = 0$/,
    ),
    `sysinfo(0x8) ${EFAULT}`,
    'syslog(SYSLOG_ACTION_READ_ALL, "<5>[    0.000000] Kernel command"..., 60) = 40',
    'syslog(SYSLOG_ACTION_SIZE_BUFFER, 0x8, 0) = 4194304',
    `syslog(SYSLOG_ACTION_READ_ALL, 0x8, 100) ${EFAULT}`,
    'syslog(0x4d /* SYSLOG_ACTION_??? */, NULL, 0) = -1 EINVAL (Invalid argument)',
    'personality(PER_LINUX|ADDR_NO_RANDOMIZE|STICKY_TIMEOUTS) = 0',
    'personality(PER_LINUX32) = 67371008',
    'personality(0x1 /* PER_??? */|0x20000000) = 8',
    'personality(0xffffffff) = 536870913',
  ])
})
