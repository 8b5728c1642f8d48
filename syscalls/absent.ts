/**
 * The system calls of Linux that this kernel does not have: asm-generic's numbers, as of Linux 6.18. Each gives
 * -ENOSYS, as in a kernel that was built without it, and is shown by its name.
 */
export interface AbsentCall {
  readonly nr: number
  readonly name: string
  /** How many arguments it has. */
  readonly nargs: number
  readonly reason: string
}

const NO_AIO = 'reading and writing here are done when the call returns'
const NO_XATTR = 'files have a mode, an owner and flags; no attributes with names'
const NO_EPOLL = 'ppoll and pselect6 wait for files'
const NO_NOTIFY = 'nobody is told of changes to files'
const NO_MOUNT_FDS = 'a file system is mounted in one place, by mount(2)'
const NO_MODULES = 'the kernel is one piece: no module, and no other kernel to boot'
const NO_TIMERS = 'itimers and clock_nanosleep are what there is of timers'
const NO_TIMER_FDS = 'itimers and clock_nanosleep are what there is of timers; none is a file'
const TIME_IS_VIRTUAL = 'time is virtual and runs as fast as it runs: clock_settime sets it'
const NO_MQ = 'there are no message queues: pipes move bytes'
const NO_SYSV_IPC = 'processes share what they have from fork, or pipes and files'
const NO_NET = 'there is no network, and there are no sockets'
const NO_MMAP = 'memory is the stack and the heap that brk moves: nothing else can be mapped'
const ALL_IN_MEMORY = 'all of memory is in memory: nothing is swapped, read ahead or locked'
const NO_NUMA = 'there is one CPU and one memory'
const NO_KEYS = 'the kernel keeps no keys for programs'
const NO_PTRACE = 'strace looks from outside, through tracepoints; no process looks into another'
const NO_PIDFDS = 'processes are told apart by their ids; there are no pidfds'
const NO_NAMESPACES = 'a process gets namespaces by clone alone'
const NO_SANDBOX = 'programs are of the host’s realm: what would keep them from calls could not keep them from it'
const NO_IO_PRIORITY = 'there is no disk that reads could wait in line for'
const NO_FUTEX2 = 'futex(2) waits and wakes'

type Listed = readonly [nr: number, name: string, nargs: number, reason: string]

// prettier-ignore
const listed: readonly Listed[] = [
  [0, 'io_setup', 2, NO_AIO],
  [1, 'io_destroy', 1, NO_AIO],
  [2, 'io_submit', 3, NO_AIO],
  [3, 'io_cancel', 3, NO_AIO],
  [4, 'io_getevents', 5, NO_AIO],
  [5, 'setxattr', 5, NO_XATTR],
  [6, 'lsetxattr', 5, NO_XATTR],
  [7, 'fsetxattr', 5, NO_XATTR],
  [8, 'getxattr', 4, NO_XATTR],
  [9, 'lgetxattr', 4, NO_XATTR],
  [10, 'fgetxattr', 4, NO_XATTR],
  [11, 'listxattr', 3, NO_XATTR],
  [12, 'llistxattr', 3, NO_XATTR],
  [13, 'flistxattr', 3, NO_XATTR],
  [14, 'removexattr', 2, NO_XATTR],
  [15, 'lremovexattr', 2, NO_XATTR],
  [16, 'fremovexattr', 2, NO_XATTR],
  [18, 'lookup_dcookie', 3, 'it was for a profiler, and is gone from Linux too'],
  [20, 'epoll_create1', 1, NO_EPOLL],
  [21, 'epoll_ctl', 4, NO_EPOLL],
  [22, 'epoll_pwait', 6, NO_EPOLL],
  [26, 'inotify_init1', 1, NO_NOTIFY],
  [27, 'inotify_add_watch', 3, NO_NOTIFY],
  [28, 'inotify_rm_watch', 2, NO_NOTIFY],
  [30, 'ioprio_set', 3, NO_IO_PRIORITY],
  [31, 'ioprio_get', 2, NO_IO_PRIORITY],
  [38, 'renameat', 4, 'riscv64 has renameat2 alone'],
  [41, 'pivot_root', 2, NO_MOUNT_FDS],
  [42, 'nfsservctl', 3, 'it is gone from Linux too: there is no network'],
  [58, 'vhangup', 0, 'who plugs a terminal in hangs it up'],
  [60, 'quotactl', 4, 'users have no quotas: a file system has a size'],
  [74, 'signalfd4', 4, 'signals come to handlers, or to rt_sigtimedwait'],
  [75, 'vmsplice', 4, 'pages of programs are copied, and writev does that'],
  [85, 'timerfd_create', 2, NO_TIMER_FDS],
  [86, 'timerfd_settime', 4, NO_TIMER_FDS],
  [87, 'timerfd_gettime', 2, NO_TIMER_FDS],
  [89, 'acct', 1, 'the end of a process is told by wait4 and by tracepoints, not in a file'],
  [97, 'unshare', 1, NO_NAMESPACES],
  [99, 'set_robust_list', 2, 'a lock whose owner dies is not looked for'],
  [100, 'get_robust_list', 3, 'a lock whose owner dies is not looked for'],
  [104, 'kexec_load', 4, NO_MODULES],
  [105, 'init_module', 3, NO_MODULES],
  [106, 'delete_module', 2, NO_MODULES],
  [107, 'timer_create', 3, NO_TIMERS],
  [108, 'timer_gettime', 2, NO_TIMERS],
  [109, 'timer_getoverrun', 1, NO_TIMERS],
  [110, 'timer_settime', 4, NO_TIMERS],
  [111, 'timer_delete', 1, NO_TIMERS],
  [117, 'ptrace', 4, NO_PTRACE],
  [142, 'reboot', 4, 'a machine ends when nobody runs in it, or whoever made it lets it go'],
  [171, 'adjtimex', 1, TIME_IS_VIRTUAL],
  [180, 'mq_open', 4, NO_MQ],
  [181, 'mq_unlink', 1, NO_MQ],
  [182, 'mq_timedsend', 5, NO_MQ],
  [183, 'mq_timedreceive', 5, NO_MQ],
  [184, 'mq_notify', 2, NO_MQ],
  [185, 'mq_getsetattr', 3, NO_MQ],
  [186, 'msgget', 2, NO_SYSV_IPC],
  [187, 'msgctl', 3, NO_SYSV_IPC],
  [188, 'msgrcv', 5, NO_SYSV_IPC],
  [189, 'msgsnd', 4, NO_SYSV_IPC],
  [190, 'semget', 3, NO_SYSV_IPC],
  [191, 'semctl', 4, NO_SYSV_IPC],
  [192, 'semtimedop', 4, NO_SYSV_IPC],
  [193, 'semop', 3, NO_SYSV_IPC],
  [194, 'shmget', 3, NO_SYSV_IPC],
  [195, 'shmctl', 3, NO_SYSV_IPC],
  [196, 'shmat', 3, NO_SYSV_IPC],
  [197, 'shmdt', 1, NO_SYSV_IPC],
  [198, 'socket', 3, NO_NET],
  [199, 'socketpair', 4, NO_NET],
  [200, 'bind', 3, NO_NET],
  [201, 'listen', 2, NO_NET],
  [202, 'accept', 3, NO_NET],
  [203, 'connect', 3, NO_NET],
  [204, 'getsockname', 3, NO_NET],
  [205, 'getpeername', 3, NO_NET],
  [206, 'sendto', 6, NO_NET],
  [207, 'recvfrom', 6, NO_NET],
  [208, 'setsockopt', 5, NO_NET],
  [209, 'getsockopt', 5, NO_NET],
  [210, 'shutdown', 2, NO_NET],
  [211, 'sendmsg', 3, NO_NET],
  [212, 'recvmsg', 3, NO_NET],
  [213, 'readahead', 3, ALL_IN_MEMORY],
  [215, 'munmap', 2, NO_MMAP],
  [216, 'mremap', 5, NO_MMAP],
  [217, 'add_key', 5, NO_KEYS],
  [218, 'request_key', 4, NO_KEYS],
  [219, 'keyctl', 5, NO_KEYS],
  [222, 'mmap', 6, NO_MMAP],
  [223, 'fadvise64', 4, ALL_IN_MEMORY],
  [224, 'swapon', 2, ALL_IN_MEMORY],
  [225, 'swapoff', 1, ALL_IN_MEMORY],
  [226, 'mprotect', 3, NO_MMAP],
  [227, 'msync', 3, NO_MMAP],
  [228, 'mlock', 2, ALL_IN_MEMORY],
  [229, 'munlock', 2, ALL_IN_MEMORY],
  [230, 'mlockall', 1, ALL_IN_MEMORY],
  [231, 'munlockall', 0, ALL_IN_MEMORY],
  [232, 'mincore', 3, ALL_IN_MEMORY],
  [233, 'madvise', 3, NO_MMAP],
  [234, 'remap_file_pages', 5, NO_MMAP],
  [235, 'mbind', 6, NO_NUMA],
  [236, 'get_mempolicy', 5, NO_NUMA],
  [237, 'set_mempolicy', 3, NO_NUMA],
  [238, 'migrate_pages', 4, NO_NUMA],
  [239, 'move_pages', 6, NO_NUMA],
  [241, 'perf_event_open', 5, 'what the machine does is counted by tracepoints, from outside'],
  [242, 'accept4', 4, NO_NET],
  [243, 'recvmmsg', 5, NO_NET],
  [258, 'riscv_hwprobe', 5, 'no program runs instructions of a CPU'],
  [259, 'riscv_flush_icache', 3, 'no program runs instructions of a CPU'],
  [262, 'fanotify_init', 2, NO_NOTIFY],
  [263, 'fanotify_mark', 5, NO_NOTIFY],
  [264, 'name_to_handle_at', 5, 'files are opened by their names'],
  [265, 'open_by_handle_at', 3, 'files are opened by their names'],
  [266, 'clock_adjtime', 2, TIME_IS_VIRTUAL],
  [268, 'setns', 2, NO_NAMESPACES],
  [269, 'sendmmsg', 4, NO_NET],
  [270, 'process_vm_readv', 6, NO_PTRACE],
  [271, 'process_vm_writev', 6, NO_PTRACE],
  [272, 'kcmp', 5, NO_PTRACE],
  [273, 'finit_module', 3, NO_MODULES],
  [274, 'sched_setattr', 3, 'sched_setscheduler and setpriority set what is kept'],
  [275, 'sched_getattr', 4, 'sched_getscheduler and getpriority tell what is kept'],
  [277, 'seccomp', 3, NO_SANDBOX],
  [279, 'memfd_create', 2, 'a file without a name is one of /tmp that is unlinked'],
  [280, 'bpf', 3, NO_SANDBOX],
  [281, 'execveat', 5, 'a program is started by its path'],
  [282, 'userfaultfd', 1, NO_MMAP],
  [283, 'membarrier', 3, NO_NUMA],
  [284, 'mlock2', 3, ALL_IN_MEMORY],
  [288, 'pkey_mprotect', 4, NO_MMAP],
  [289, 'pkey_alloc', 2, NO_MMAP],
  [290, 'pkey_free', 1, NO_MMAP],
  [292, 'io_pgetevents', 6, NO_AIO],
  [293, 'rseq', 4, 'a task is interrupted only where it makes a call'],
  [294, 'kexec_file_load', 5, NO_MODULES],
  [424, 'pidfd_send_signal', 4, NO_PIDFDS],
  [425, 'io_uring_setup', 2, NO_AIO],
  [426, 'io_uring_enter', 6, NO_AIO],
  [427, 'io_uring_register', 4, NO_AIO],
  [428, 'open_tree', 3, NO_MOUNT_FDS],
  [429, 'move_mount', 5, NO_MOUNT_FDS],
  [430, 'fsopen', 2, NO_MOUNT_FDS],
  [431, 'fsconfig', 5, NO_MOUNT_FDS],
  [432, 'fsmount', 3, NO_MOUNT_FDS],
  [433, 'fspick', 3, NO_MOUNT_FDS],
  [434, 'pidfd_open', 2, NO_PIDFDS],
  [435, 'clone3', 2, 'clone(2) has all that is here of it'],
  [437, 'openat2', 4, 'openat(2) opens, and who must not leave a directory has chroot(2)'],
  [438, 'pidfd_getfd', 3, NO_PIDFDS],
  [440, 'process_madvise', 5, NO_PIDFDS],
  [441, 'epoll_pwait2', 6, NO_EPOLL],
  [442, 'mount_setattr', 5, NO_MOUNT_FDS],
  [443, 'quotactl_fd', 4, 'users have no quotas: a file system has a size'],
  [444, 'landlock_create_ruleset', 3, NO_SANDBOX],
  [445, 'landlock_add_rule', 4, NO_SANDBOX],
  [446, 'landlock_restrict_self', 2, NO_SANDBOX],
  [447, 'memfd_secret', 1, NO_MMAP],
  [448, 'process_mrelease', 2, NO_PIDFDS],
  [449, 'futex_waitv', 5, NO_FUTEX2],
  [450, 'set_mempolicy_home_node', 4, NO_NUMA],
  [451, 'cachestat', 4, ALL_IN_MEMORY],
  [453, 'map_shadow_stack', 3, NO_MMAP],
  [454, 'futex_wake', 4, NO_FUTEX2],
  [455, 'futex_wait', 6, NO_FUTEX2],
  [456, 'futex_requeue', 4, NO_FUTEX2],
  [457, 'statmount', 4, '/proc/mounts tells what is mounted'],
  [458, 'listmount', 4, '/proc/mounts tells what is mounted'],
  [459, 'lsm_get_self_attr', 4, NO_SANDBOX],
  [460, 'lsm_set_self_attr', 4, NO_SANDBOX],
  [461, 'lsm_list_modules', 3, NO_SANDBOX],
  [462, 'mseal', 3, NO_MMAP],
  [463, 'setxattrat', 6, NO_XATTR],
  [464, 'getxattrat', 6, NO_XATTR],
  [465, 'listxattrat', 5, NO_XATTR],
  [466, 'removexattrat', 4, NO_XATTR],
  [467, 'open_tree_attr', 5, NO_MOUNT_FDS],
  [468, 'file_getattr', 5, 'FS_IOC_GETFLAGS tells a file’s flags'],
  [469, 'file_setattr', 5, 'FS_IOC_SETFLAGS sets a file’s flags'],
]

export const absent: readonly AbsentCall[] = listed.map(([nr, name, nargs, reason]) => ({ nr, name, nargs, reason }))

/** Numbers that stand for no call. */
export const UNASSIGNED = [
  { first: 246, last: 257, reason: 'left to the architecture, as 244 and 245 are, and riscv64 does not use them' },
  { first: 295, last: 402, reason: 'left out, so that numbers from 403 on are the same on all architectures' },
  { first: 403, last: 423, reason: 'for machines of 32 bits, whose times had to be made longer' },
] as const

const byNr = new Map(absent.map((call) => [call.nr, call]))
const byName = new Map(absent.map((call) => [call.name, call]))

export function absentCall(nr: number): AbsentCall | undefined {
  return byNr.get(nr)
}

export function absentNamed(name: string): AbsentCall | undefined {
  return byName.get(name)
}
