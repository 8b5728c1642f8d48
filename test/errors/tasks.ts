import type { CString, Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import {
  CLONE_FS,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
  CLONE_PARENT,
  CLONE_SIGHAND,
  CLONE_THREAD,
  CLONE_VM,
} from '../../kernel/task/fork.ts'
import { MS_NOEXEC } from '../../kernel/fs/super.ts'
import { ok, waitFor } from '../support/vm.ts'
import { call, cannotFail, type CallErrors, type ErrorRow } from './form.ts'
import { onTheWay } from './on_the_way.ts'
import { NOWHERE, mount, user, withoutMemory } from './setup.ts'

const SIGCHLD = 17

function* nothing(): Run<number> {
  return 0
}

/** A child that sleeps, and has become another user where that is asked for. */
export function* sleeper(sys: Libc, uid = 0): Run<number> {
  const child = ok(
    yield* sys.fork(function* (sys) {
      ok(yield* sys.setresuid(uid, uid, uid))
      return yield* sys.nanosleep(100)
    }),
  )
  ok(yield* sys.nanosleep(1))
  return child
}

function* limitTasks(sys: Libc, n: number): Run<void> {
  const RLIMIT_NPROC = 6
  ok(yield* sys.setrlimit(RLIMIT_NPROC, sys.words(BigInt(n), BigInt(n))))
}

function contradicts(what: string, flags: number): ErrorRow {
  return ['EINVAL', what, (sys) => sys.clone(flags | SIGCHLD, nothing)]
}

/** The result of a clone into a pid namespace in one in one and so on, as deep as they go. */
function* deepest(sys: Libc): Run<number> {
  let last = 0
  const deeper = function* (sys: Libc): Run<number> {
    const child = yield* sys.clone(CLONE_NEWPID | SIGCHLD, deeper)
    if (child < 0) last = child
    return child < 0 ? 0 : yield* waitFor(sys, child)
  }
  ok(yield* deeper(sys))
  return last
}

/** A file that may be executed, with this text. */
function* program(sys: Libc, text: string, path = '/tmp/prog'): Run<void> {
  const fd = ok(yield* sys.creat(path, 0o755))
  ok(yield* sys.print(text, fd))
  ok(yield* sys.close(fd))
}

const exec = (sys: Libc, path: CString): Run<number> => sys.execve(path, ['x'])

/** execve(2) by addresses. */
function execAt(sys: Libc, argv: number, envp: number): Run<number> {
  return sys.syscall(221, sys.string('/bin/true'), argv, envp)
}

/** An array of so many pointers to the same string. */
function* pointers(sys: Libc, n: number, to: number): Run<number> {
  const [end, size] = [ok(yield* sys.brk(0)), 8 * (n + 1)]
  ok(yield* sys.brk(end + size))
  const bytes = new BigUint64Array(n).fill(BigInt(to))
  sys.store(end as never, new Uint8Array(bytes.buffer))
  return end
}

/** clone, execve and exit. The errors of clone3(2), which clone(2)'s page has too, are not here. */
export const TASKS: readonly CallErrors[] = [
  call('clone', 'EAGAIN EINVAL ENOMEM ENOSPC EPERM EUSERS', [
    [
      'EAGAIN',
      'the user has as many tasks as the limit says',
      function* (sys) {
        yield* user(sys)
        yield* limitTasks(sys, 1)
        return yield* sys.fork(nothing)
      },
    ],
    contradicts('handlers are to be shared, and not memory', CLONE_SIGHAND),
    contradicts('a thread is to have handlers of its own', CLONE_THREAD | CLONE_VM),
    contradicts('a thread is to be in another pid namespace', CLONE_THREAD | CLONE_SIGHAND | CLONE_VM | CLONE_NEWPID),
    contradicts('a brother is to be in another pid namespace', CLONE_PARENT | CLONE_NEWPID),
    contradicts('there are to be other mounts with the same root', CLONE_NEWNS | CLONE_FS),
    contradicts('the kernel is built without namespaces of mounts', CLONE_NEWNS),
    contradicts('the kernel is built without namespaces of IPC', CLONE_NEWIPC),
    contradicts('the kernel is built without namespaces of users', CLONE_NEWUSER),
    contradicts('the kernel is built without namespaces of networks', CLONE_NEWNET),
    [
      'EINVAL',
      'the first process of a namespace wants a brother',
      function* (sys) {
        let ret = 0
        const init = ok(
          yield* sys.clone(CLONE_NEWPID | SIGCHLD, function* (sys) {
            ret = yield* sys.clone(CLONE_PARENT | SIGCHLD, nothing)
            return 0
          }),
        )
        ok(yield* waitFor(sys, init))
        return ret
      },
    ],
    ...[1, 2, 3, 4].map((n): ErrorRow => [
      'ENOMEM',
      `there is no memory for the ${n}. thing that a child has`,
      (sys, vm) => withoutMemory(vm, () => sys.fork(nothing), n),
    ]),
    ['ENOSPC', 'pid namespaces are as deep as they go', deepest],
    ...(
      [
        ['UTS', CLONE_NEWUTS],
        ['pid', CLONE_NEWPID],
        ['mount', CLONE_NEWNS],
        ['user', CLONE_NEWUSER],
      ] as const
    ).map(([kind, flag]): ErrorRow => [
      'EPERM',
      `a user wants a ${kind} namespace`,
      function* (sys) {
        yield* user(sys)
        return yield* sys.clone(flag | SIGCHLD, nothing)
      },
    ]),
    ['EUSERS', 'there are no namespaces of users, whose depth it speaks of'],
  ]),

  call(
    'execve',
    'E2BIG EACCES EAGAIN EFAULT EINVAL EIO EISDIR ELIBBAD ELOOP EMFILE ENAMETOOLONG ENFILE ENOENT ENOEXEC ENOMEM ' +
      'ENOTDIR EPERM ETXTBSY',
    [
      ...onTheWay(exec),
      [
        'E2BIG',
        'a string is longer than 32 pages',
        function* (sys) {
          return yield* sys.execve('/bin/true', ['true', 'x'.repeat(32 * 4096)])
        },
      ],
      [
        'E2BIG',
        'all strings together are more than a quarter of the stack',
        function* (sys) {
          const text = sys.string('x'.repeat(100_000))
          return yield* execAt(sys, yield* pointers(sys, 25, text), 0)
        },
      ],
      [
        'E2BIG',
        'the pointers alone are',
        function* (sys) {
          return yield* execAt(sys, 0, yield* pointers(sys, 0x40001, sys.string('')))
        },
      ],
      ['EACCES', 'it is a directory', (sys) => exec(sys, '/tmp')],
      ['EACCES', 'it is a device', (sys) => exec(sys, '/dev/null')],
      [
        'EACCES',
        'nobody may execute it, root included',
        function* (sys) {
          ok(yield* sys.creat('/tmp/x', 0o666))
          return yield* exec(sys, '/tmp/x')
        },
      ],
      [
        'EACCES',
        'others may execute it, but not this user',
        function* (sys) {
          yield* program(sys, 'x')
          ok(yield* sys.chmod('/tmp/prog', 0o700))
          yield* user(sys)
          return yield* exec(sys, '/tmp/prog')
        },
      ],
      [
        'EACCES',
        'a script’s interpreter may not be executed',
        function* (sys) {
          ok(yield* sys.creat('/tmp/x', 0o666))
          yield* program(sys, '#!/tmp/x\n')
          return yield* exec(sys, '/tmp/prog')
        },
      ],
      [
        'EACCES',
        'the file system is mounted noexec',
        function* (sys) {
          ok(yield* sys.mkdir('/tmp/m', 0o755))
          ok(yield* mount(sys, '/tmp/m', 'tmpfs', MS_NOEXEC))
          yield* program(sys, '#!/bin/true\n', '/tmp/m/x')
          return yield* exec(sys, '/tmp/m/x')
        },
      ],
      [
        'EAGAIN',
        'it became a user who has more tasks than the limit says',
        function* (sys) {
          yield* sleeper(sys, 7)
          yield* limitTasks(sys, 0)
          ok(yield* sys.setuid(7))
          return yield* exec(sys, '/bin/true')
        },
      ],
      ['EFAULT', 'the arguments are nowhere in memory', (sys) => execAt(sys, NOWHERE, 0)],
      ['EFAULT', 'the environment is nowhere in memory', (sys) => execAt(sys, 0, NOWHERE)],
      [
        'EFAULT',
        'an argument is nowhere in memory, and the environment is too long',
        (sys) => execAt(sys, sys.words(BigInt(NOWHERE), 0n), 0),
      ],
      [
        'E2BIG',
        'the environment is too long, and an argument nowhere in memory',
        function* (sys) {
          const env = yield* pointers(sys, 1, sys.string('x'.repeat(32 * 4096)))
          return yield* execAt(sys, sys.words(BigInt(NOWHERE), 0n), env)
        },
      ],
      [
        'ENOENT',
        'the file is not there, and the arguments are nowhere',
        (sys) => sys.syscall(221, sys.string('/no'), NOWHERE, 0),
      ],
      [
        'EIO',
        'its first bytes cannot be read',
        function* (sys, vm) {
          vm.inject('vfs_read:error=EIO')
          return yield* exec(sys, '/bin/true')
        },
      ],
      [
        'ELOOP',
        'a script’s interpreter is a link to itself',
        function* (sys) {
          ok(yield* sys.symlink('loop', '/tmp/loop'))
          yield* program(sys, '#!/tmp/loop\n')
          return yield* exec(sys, '/tmp/prog')
        },
      ],
      [
        'ENFILE',
        'there is no room for one more open file',
        (sys, vm) => withoutMemory(vm, () => exec(sys, '/bin/true'), 2),
      ],
      ['ENOENT', 'the file is not there', (sys) => exec(sys, '/tmp/none')],
      [
        'ENOENT',
        'a script’s interpreter is not there',
        function* (sys) {
          yield* program(sys, '#!/bin/none\n')
          return yield* exec(sys, '/tmp/prog')
        },
      ],
      [
        'ENOEXEC',
        'it is no program that the kernel knows',
        function* (sys) {
          yield* program(sys, 'junk')
          return yield* exec(sys, '/tmp/prog')
        },
      ],
      [
        'ENOEXEC',
        'scripts have scripts for interpreters too often: ELOOP since Linux 3.8',
        function* (sys) {
          yield* program(sys, '#!/tmp/prog\n')
          return yield* exec(sys, '/tmp/prog')
        },
      ],
      [
        'ENOMEM',
        'there is no memory for the file’s first bytes',
        (sys, vm) => withoutMemory(vm, () => exec(sys, '/bin/true'), 3),
      ],
      [
        'ENOMEM',
        'there is none for the new address space',
        (sys, vm) => withoutMemory(vm, () => exec(sys, '/bin/true'), 4),
      ],
      [
        'ENOTDIR',
        'a script’s interpreter has a file on its way',
        function* (sys) {
          yield* program(sys, '#!/bin/true/x\n')
          return yield* exec(sys, '/tmp/prog')
        },
      ],
      [
        'ETXTBSY',
        'somebody has it open for writing',
        function* (sys) {
          yield* program(sys, '#!/bin/true\n')
          ok(yield* sys.open('/tmp/prog', 1))
          return yield* exec(sys, '/tmp/prog')
        },
      ],
      [
        'ETXTBSY',
        'somebody has its interpreter open for writing',
        function* (sys) {
          yield* program(sys, '#!/tmp/i\n')
          yield* program(sys, 'x', '/tmp/i')
          ok(yield* sys.open('/tmp/i', 2))
          return yield* exec(sys, '/tmp/prog')
        },
      ],
      ['EINVAL', 'no ELF program is loaded here, whose interpreters there could be two of'],
      ['EISDIR', 'no ELF program is loaded here, whose interpreter could be a directory'],
      ['ELIBBAD', 'no ELF program is loaded here, whose interpreter could be none'],
      ['EMFILE', 'the file is opened without a descriptor, in Linux too'],
      ['EPERM', 'files have no capabilities, nobody is traced, and nosuid takes the bits away without a word'],
    ],
  ),

  cannotFail('exit', 'it does not return to anybody'),
  cannotFail('exit_group', 'it does not return to anybody'),
]
