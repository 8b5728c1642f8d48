/**
 * The house as the checks know it: who may import whom, and every exemption with its reason. Paths are
 * relative to the root; one that ends in no file name stands for all below it.
 */

/** What makes up the machine. Nothing of the host is imported here but what PACKAGES names. */
export const MACHINE = ['kernel', 'syscalls', 'userland']

/** @type {Readonly<Record<string, readonly string[]>>} */
export const PACKAGES = { 'kernel/fs/ramfs.ts': ['memfs'] }

/**
 * Imports that do not exist. `types: true` lets `import type` through: a pointer's type may be known
 * where the code behind it may not be called.
 * @type {readonly { from: readonly string[], to: readonly string[], types?: boolean }[]}
 */
export const FORBIDDEN = [
  { from: ['kernel'], to: ['syscalls', 'userland', 'schedules', 'scripts', 'test', 'index.ts'] },
  { from: ['syscalls'], to: ['userland', 'schedules', 'scripts', 'test', 'index.ts'] },
  { from: ['userland'], to: ['schedules', 'scripts', 'test', 'index.ts'] },
  { from: ['schedules'], to: ['userland', 'scripts', 'test', 'index.ts'] },
  {
    from: ['types', 'errno', 'bug', 'struct', 'printk', 'trace', 'time', 'u64', 'utf8', 'vsprintf', 'windows'].map(
      (name) => `kernel/${name}.ts`,
    ),
    to: ['kernel/mm', 'kernel/sched', 'kernel/task', 'kernel/fs', 'kernel/checkpoint'],
    types: true,
  },
  { from: ['kernel/mm', 'kernel/sched', 'kernel/task'], to: ['kernel/fs', 'kernel/checkpoint'], types: true },
  { from: ['kernel/fs'], to: ['kernel/checkpoint'] },
]

/**
 * Folders whose files may import each other in a circle, and why.
 * @type {Readonly<Record<string, string>>}
 */
export const CIRCLES = {
  'kernel/checkpoint': 'the patch, file for file: sys.c calls checkpoint.c, which calls sys.c and process.c, and so on',
}

/**
 * Userland takes constants and types from anywhere below, but calls nothing there: it traps. These
 * files hold no state and reach none, so their functions are as good as the language's own.
 */
export const PURE = [
  'kernel/bug.ts',
  'kernel/checkpoint/checkpoint_hdr.ts',
  'kernel/checkpoint/image.ts',
  'kernel/errno.ts',
  'kernel/fs/uapi.ts',
  'kernel/struct.ts',
  'kernel/tty/termios.ts',
  'kernel/utf8.ts',
]

/**
 * What makes user code trap, and so calls the kernel after all.
 * @type {Readonly<Record<string, string>>}
 */
export const TRAPS = {
  'userland/context.ts': 'the user context of TypeScript programs: its syscall() is their trap instruction',
}

/** Where a bare `yield` gives the CPU away: the wait primitives. */
export const WAIT_PRIMITIVES = ['kernel/sched']

/**
 * Who may catch, and what it is that throws there.
 * @type {Readonly<Record<string, string>>}
 */
export const CATCHERS = {
  'kernel/fs/ramfs.ts': 'memfs reports errors by throwing; here they become errnos',
  'kernel/task/context.ts': 'a user program may throw; that is its death and not the kernel’s',
}

/**
 * @param {string} path
 * @param {readonly string[]} places
 */
export function isIn(path, places) {
  return places.some((place) => path === place || path.startsWith(`${place}/`))
}
