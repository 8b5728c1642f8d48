import { expect, test } from 'vitest'
import { boot } from '../index.ts'

test('errnos and signals have the names that strace gives them', () => {
  const vm = boot()
  const calls: string[] = []
  vm.strace(({ text }) => calls.push(text))
  vm.inject('getppid:error=35:when=1')
  vm.inject('getppid:error=95:when=2')
  vm.inject('getppid:error=58:when=3')
  vm.spawn(function* program(sys) {
    for (let n = 0; n < 3; n++) yield* sys.getppid()
    return yield* sys.kill(yield* sys.getpid(), 32)
  })
  vm.run()
  expect(calls.map((text) => text.replace(/ \(INJECTED\)$/, ''))).toEqual([
    'getppid() = -1 EDEADLK (Resource deadlock avoided)',
    'getppid() = -1 EOPNOTSUPP (Operation not supported)',
    'getppid() = -1 (errno 58)',
    'getpid() = 2',
    'kill(2, SIGRTMIN) = 0',
    '--- SIGRTMIN {si_signo=SIGRTMIN, si_code=SI_USER, si_pid=2, si_uid=0} ---',
    '+++ killed by SIGRTMIN +++',
  ])
})
