import type { MaySleep, Word } from '../kernel/types.ts'
import { absentCall } from './absent.ts'
import { sys_checkpoint, sys_restart } from '../kernel/checkpoint/sys.ts'
import {
  buf_in,
  buf_out,
  fd,
  int,
  kept_ptr,
  off_t,
  pid,
  ptr,
  size_t,
  string_in,
  uint,
  ulong,
  type ArgType,
} from './args.ts'
import {
  clock_nanosleep_flags as timer_flags,
  clockid,
  clone_child_tid,
  clone_flags,
  clone_parent_tid,
  clone_stack,
  clone_tls,
  creat_mode,
  dirfd,
  eventfd_flags,
  file_dev,
  file_mode,
  itimer_which,
  link_flags,
  mode_bits,
  open_flags,
  path_out,
  pipe_ends,
  pipe_flags,
  rename_flags,
  sigaction_in,
  signal,
  sigprocmask_how,
  sigset_in,
  unlink_flags,
  timespec_in,
  utsname_out,
  wait_options,
  wait_status,
  whence,
} from './show.ts'
import {
  access_mode,
  at_flags,
  dirents_out,
  faccessat2_flags,
  owner,
  stat_out,
  statfs_out,
  statx_flags,
  statx_mask,
  statx_out,
  utimes_in,
} from './show_stat.ts'
import { sys_fallocate, sys_ftruncate, sys_truncate } from './truncate.ts'
import { sys_fcntl, sys_flock, sys_fsync, sys_sync, sys_sync_file_range, sys_syncfs } from './fcntl.ts'
import { fcntl_arg, fcntl_cmd, flock_cmd, sync_file_range_flags } from './show_fcntl.ts'
import { sys_copy_file_range, sys_sendfile64, sys_splice, sys_tee } from './splice.ts'
import {
  close_range_flags,
  fallocate_mode,
  iovec_in,
  iovec_out,
  loff_in,
  pos_h,
  rwf_flags,
  splice_flags,
} from './show_data.ts'
import {
  sys_close_range,
  sys_pread64,
  sys_preadv,
  sys_preadv2,
  sys_pwrite64,
  sys_pwritev,
  sys_pwritev2,
  sys_readv,
  sys_writev,
} from './readv.ts'
import { sys_faccessat, sys_faccessat2 } from './access.ts'
import { sys_fstatfs, sys_getdents64, sys_newfstat, sys_newfstatat, sys_statfs, sys_statx } from './stat.ts'
import { ioctl_arg, ioctl_cmd } from './show_ioctl.ts'
import { sys_eventfd2 } from './eventfd.ts'
import { sys_ioctl } from './ioctl.ts'
import { sys_close, sys_dup, sys_dup3, sys_mknodat, sys_openat, sys_pipe2 } from './open.ts'
import {
  sys_clone,
  sys_exit,
  sys_exit_group,
  sys_getpid,
  sys_getppid,
  sys_getpgid,
  sys_getsid,
  sys_gettid,
  sys_sched_yield,
  sys_set_tid_address,
  sys_setpgid,
  sys_setsid,
} from './process.ts'
import {
  set_fsgid,
  set_fsuid,
  set_gid,
  set_regid,
  set_resgid,
  set_resuid,
  set_reuid,
  set_uid,
} from '../kernel/task/setid.ts'
import { sys_capget, sys_capset } from './capability.ts'
import {
  sys_getegid,
  sys_geteuid,
  sys_getgid,
  sys_getgroups,
  sys_getresgid,
  sys_getresuid,
  sys_getuid,
  sys_setgroups,
} from './cred.ts'
import { cap_data_in, cap_data_out, cap_header, groups_in, groups_out, id_out, uid_t } from './show_cred.ts'
import { sys_getrlimit, sys_prlimit64, sys_setrlimit } from './rlimit.ts'
import { resource, rlimit_in, rlimit_out, siginfo_in, stack_in, stack_out } from './show_rlimit.ts'
import { get_priority, set_priority } from '../kernel/task/prio.ts'
import {
  sys_sched_get_priority_max,
  sys_sched_get_priority_min,
  sys_sched_getaffinity,
  sys_sched_getparam,
  sys_sched_getscheduler,
  sys_sched_rr_get_interval,
  sys_sched_setaffinity,
  sys_sched_setparam,
  sys_sched_setscheduler,
} from './sched.ts'
import {
  cpus_in,
  cpus_out,
  prio_which,
  sched_param_in,
  sched_param_out,
  sched_policy,
  timespec_out,
} from './show_sched.ts'
import { sys_prctl } from './prctl.ts'
import { prctl_arg2, prctl_option, prctl_word } from './show_prctl.ts'
import { sys_getrusage, sys_times } from './rusage.ts'
import {
  rusage_out,
  rusage_who,
  siginfo_out,
  tms_out,
  wait4_rusage,
  waitid_options,
  waitid_which,
} from './show_process.ts'
import { sys_wait4, sys_waitid } from './wait.ts'
import { sys_fchmod, sys_fchmodat, sys_fchmodat2, sys_fchown, sys_fchownat, sys_utimensat } from './attr.ts'
import { sys_chdir, sys_chroot, sys_fchdir } from './chdir.ts'
import {
  sys_getcwd,
  sys_linkat,
  sys_mkdirat,
  sys_readlinkat,
  sys_renameat2,
  sys_symlinkat,
  sys_umask,
  sys_unlinkat,
} from './path.ts'
import { sys_execve } from './exec.ts'
import { sys_mount, sys_umount } from './mount.ts'
import { sys_getrandom } from './random.ts'
import { getrandom_flags, mount_flags, umount_flags } from './show_mount.ts'
import { sys_futex } from './futex.ts'
import { futex_op, futex_uaddr2, futex_utime, futex_val, futex_val3 } from './show_futex.ts'
import { sys_ppoll, sys_pselect6 } from './poll.ts'
import { sys_lseek, sys_read, sys_write } from './read_write.ts'
import { sys_brk, sys_getcpu, sys_newuname, sys_setdomainname, sys_sethostname, sys_sysinfo } from './system.ts'
import { sys_clock_getres, sys_clock_settime, sys_gettimeofday, sys_settimeofday } from './clock.ts'
import { do_syslog } from '../kernel/syslog.ts'
import { set_personality } from '../kernel/task/personality.ts'
import {
  int_out,
  persona,
  sysinfo_out,
  syslog_action,
  syslog_buf,
  timeval_in,
  timeval_out,
  timezone_in,
  timezone_out,
} from './show_system.ts'
import {
  sys_kill,
  sys_restart_syscall,
  sys_rt_sigaction,
  sys_rt_sigpending,
  sys_rt_sigqueueinfo,
  sys_rt_sigprocmask,
  sys_rt_sigreturn,
  sys_rt_sigsuspend,
  sys_rt_sigtimedwait,
  sys_rt_tgsigqueueinfo,
  sys_sigaltstack,
  sys_tgkill,
  sys_tkill,
} from './signal.ts'
import { sys_clock_gettime, sys_clock_nanosleep, sys_getitimer, sys_nanosleep, sys_setitimer } from './time.ts'

/**
 * The system calls, one row each: number, name, arguments, function. Dispatch and strace both read the
 * row. Numbers are asm-generic's; the patch's two calls have the first two of those that it leaves to
 * the architecture.
 */
export interface SyscallRow {
  readonly nr: number
  readonly name: string
  readonly args: readonly (readonly [name: string, type: ArgType<unknown>])[]
  readonly call: SyscallFn
  /** The function itself. */
  readonly plain: SyscallFn
}

/** A system call, given its registers. */
export type SyscallFn = (a0: Word, a1: Word, a2: Word, a3: Word, a4: Word, a5: Word) => MaySleep<number>

// prettier-ignore
export const rows: readonly SyscallRow[] = [
  row(17,  'getcwd',          [['buf', path_out], ['size', size_t]],                                      sys_getcwd),
  row(19,  'eventfd2',        [['count', uint], ['flags', eventfd_flags]],                                sys_eventfd2),
  row(23,  'dup',             [['fildes', fd]],                                                          sys_dup),
  row(24,  'dup3',            [['oldfd', fd], ['newfd', fd], ['flags', pipe_flags]],              sys_dup3),
  row(25,  'fcntl',           [['fd', fd], ['cmd', fcntl_cmd], ['arg', fcntl_arg]],                      sys_fcntl),
  row(29,  'ioctl',           [['fd', fd], ['cmd', ioctl_cmd], ['arg', ioctl_arg]],                      sys_ioctl),
  row(32,  'flock',           [['fd', fd], ['cmd', flock_cmd]],                                           sys_flock),
  row(33,  'mknodat',         [['dfd', dirfd], ['filename', string_in], ['mode', file_mode], ['dev', file_dev]], sys_mknodat),
  row(34,  'mkdirat',         [['dfd', dirfd], ['pathname', string_in], ['mode', mode_bits]],             sys_mkdirat),
  row(35,  'unlinkat',        [['dfd', dirfd], ['pathname', string_in], ['flag', unlink_flags]],          sys_unlinkat),
  row(36,  'symlinkat',       [['oldname', string_in], ['newdfd', dirfd], ['newname', string_in]],        sys_symlinkat),
  row(37,  'linkat',          [['olddfd', dirfd], ['oldname', string_in], ['newdfd', dirfd], ['newname', string_in], ['flags', link_flags]], sys_linkat),
  row(39,  'umount2',         [['name', string_in], ['flags', umount_flags]],                             sys_umount),
  row(40,  'mount',           [['dev_name', string_in], ['dir_name', string_in], ['type', string_in], ['flags', mount_flags], ['data', string_in]], sys_mount),
  row(43,  'statfs',          [['pathname', string_in], ['buf', statfs_out]],                             sys_statfs),
  row(44,  'fstatfs',         [['fd', fd], ['buf', statfs_out]],                                          sys_fstatfs),
  row(45,  'truncate',        [['path', string_in], ['length', off_t]],                                   sys_truncate),
  row(46,  'ftruncate',       [['fd', fd], ['length', off_t]],                                            sys_ftruncate),
  row(47,  'fallocate',       [['fd', fd], ['mode', fallocate_mode], ['offset', off_t], ['len', off_t]],  sys_fallocate),
  row(48,  'faccessat',       [['dfd', dirfd], ['filename', string_in], ['mode', access_mode]],           sys_faccessat),
  row(49,  'chdir',           [['filename', string_in]],                                                  sys_chdir),
  row(50,  'fchdir',          [['fd', fd]],                                                               sys_fchdir),
  row(51,  'chroot',          [['filename', string_in]],                                                  sys_chroot),
  row(52,  'fchmod',          [['fd', fd], ['mode', mode_bits]],                                          sys_fchmod),
  row(53,  'fchmodat',        [['dfd', dirfd], ['filename', string_in], ['mode', mode_bits]],             sys_fchmodat),
  row(54,  'fchownat',        [['dfd', dirfd], ['filename', string_in], ['user', owner], ['group', owner], ['flag', at_flags]], sys_fchownat),
  row(55,  'fchown',          [['fd', fd], ['user', owner], ['group', owner]],                            sys_fchown),
  row(56,  'openat',          [['dfd', dirfd], ['filename', string_in], ['flags', open_flags], ['mode', creat_mode]], sys_openat),
  row(57,  'close',           [['fd', fd]],                                                              sys_close),
  row(59,  'pipe2',           [['fildes', pipe_ends], ['flags', pipe_flags]],               sys_pipe2),
  row(61,  'getdents64',      [['fd', fd], ['dirent', dirents_out], ['count', uint]],                     sys_getdents64),
  row(62,  'lseek',           [['fd', fd], ['offset', off_t], ['whence', whence]],                       sys_lseek),
  row(63,  'read',            [['fd', fd], ['buf', buf_out], ['count', size_t]],                         sys_read),
  row(64,  'write',           [['fd', fd], ['buf', buf_in(2)], ['count', size_t]],                       sys_write),
  row(65,  'readv',           [['fd', fd], ['vec', iovec_out], ['vlen', size_t]],                         sys_readv),
  row(66,  'writev',          [['fd', fd], ['vec', iovec_in], ['vlen', size_t]],                          sys_writev),
  row(67,  'pread64',         [['fd', fd], ['buf', buf_out], ['count', size_t], ['pos', off_t]],          sys_pread64),
  row(68,  'pwrite64',        [['fd', fd], ['buf', buf_in(2)], ['count', size_t], ['pos', off_t]],        sys_pwrite64),
  row(69,  'preadv',          [['fd', fd], ['vec', iovec_out], ['vlen', size_t], ['pos', off_t]],         sys_preadv),
  row(70,  'pwritev',         [['fd', fd], ['vec', iovec_in], ['vlen', size_t], ['pos', off_t]],          sys_pwritev),
  row(71,  'sendfile',        [['out_fd', fd], ['in_fd', fd], ['offset', loff_in], ['count', size_t]],     sys_sendfile64),
  row(72,  'pselect6',        [['n', int], ['inp', ptr], ['outp', ptr], ['exp', ptr], ['tsp', timespec_in], ['sig', ptr]], sys_pselect6),
  row(73,  'ppoll',           [['ufds', ptr], ['nfds', size_t], ['tsp', timespec_in], ['sigmask', sigset_in], ['sigsetsize', size_t]], sys_ppoll),
  row(76,  'splice',          [['fd_in', fd], ['off_in', loff_in], ['fd_out', fd], ['off_out', loff_in], ['len', size_t], ['flags', splice_flags]], sys_splice),
  row(77,  'tee',             [['fdin', fd], ['fdout', fd], ['len', size_t], ['flags', splice_flags]],    sys_tee),
  row(78,  'readlinkat',      [['dfd', dirfd], ['pathname', string_in], ['buf', buf_out], ['bufsiz', int]], sys_readlinkat),
  row(79,  'newfstatat',      [['dfd', dirfd], ['filename', string_in], ['statbuf', stat_out], ['flag', at_flags]], sys_newfstatat),
  row(80,  'fstat',           [['fd', fd], ['statbuf', stat_out]],                                        sys_newfstat),
  row(81,  'sync',            [],                                                                        sys_sync),
  row(82,  'fsync',           [['fd', fd]],                                                               sys_fsync),
  row(83,  'fdatasync',       [['fd', fd]],                                                               sys_fsync),
  row(84,  'sync_file_range', [['fd', fd], ['offset', off_t], ['nbytes', off_t], ['flags', sync_file_range_flags]], sys_sync_file_range),
  row(88,  'utimensat',       [['dfd', dirfd], ['filename', string_in], ['utimes', utimes_in], ['flags', at_flags]], sys_utimensat),
  row(90,  'capget',          [['header', cap_header], ['data', cap_data_out]],                          sys_capget),
  row(91,  'capset',          [['header', cap_header], ['data', cap_data_in]],                           sys_capset),
  row(92,  'personality',     [['personality', persona]],                                                set_personality),
  row(93,  'exit',            [['error_code', int]],                                                     sys_exit),
  row(94,  'exit_group',      [['error_code', int]],                                                     sys_exit_group),
  row(95,  'waitid',          [['which', waitid_which], ['upid', pid], ['infop', siginfo_out], ['options', waitid_options], ['ru', rusage_out]], sys_waitid),
  row(96,  'set_tid_address', [['tidptr', kept_ptr]],                                                         sys_set_tid_address),
  row(98,  'futex',           [['uaddr', ptr], ['op', futex_op], ['val', futex_val], ['utime', futex_utime], ['uaddr2', futex_uaddr2], ['val3', futex_val3]], sys_futex),
  row(101, 'nanosleep',       [['rqtp', timespec_in], ['rmtp', ptr]],                                            sys_nanosleep),
  row(102, 'getitimer',       [['which', itimer_which], ['value', ptr]],                                 sys_getitimer),
  row(103, 'setitimer',       [['which', itimer_which], ['value', ptr], ['ovalue', ptr]],                sys_setitimer),
  row(112, 'clock_settime',   [['which_clock', clockid], ['tp', timespec_in]],                            sys_clock_settime),
  row(113, 'clock_gettime',   [['which_clock', clockid], ['tp', ptr]],                                   sys_clock_gettime),
  row(114, 'clock_getres',    [['which_clock', clockid], ['tp', timespec_out]],                           sys_clock_getres),
  row(115, 'clock_nanosleep', [['which_clock', clockid], ['flags', timer_flags], ['rqtp', timespec_in], ['rmtp', ptr]], sys_clock_nanosleep),
  row(116, 'syslog',          [['type', syslog_action], ['buf', syslog_buf], ['len', int]],               do_syslog),
  row(118, 'sched_setparam',  [['pid', pid], ['param', sched_param_in]],                                  sys_sched_setparam),
  row(119, 'sched_setscheduler', [['pid', pid], ['policy', sched_policy], ['param', sched_param_in]],     sys_sched_setscheduler),
  row(120, 'sched_getscheduler', [['pid', pid]],                                                          sys_sched_getscheduler),
  row(121, 'sched_getparam',  [['pid', pid], ['param', sched_param_out]],                                 sys_sched_getparam),
  row(122, 'sched_setaffinity', [['pid', pid], ['len', uint], ['mask', cpus_in]],                         sys_sched_setaffinity),
  row(123, 'sched_getaffinity', [['pid', pid], ['len', uint], ['mask', cpus_out]],                        sys_sched_getaffinity),
  row(124, 'sched_yield',     [],                                                                        sys_sched_yield),
  row(125, 'sched_get_priority_max', [['policy', sched_policy]],                                          sys_sched_get_priority_max),
  row(126, 'sched_get_priority_min', [['policy', sched_policy]],                                          sys_sched_get_priority_min),
  row(127, 'sched_rr_get_interval', [['pid', pid], ['interval', timespec_out]],                           sys_sched_rr_get_interval),
  row(128, 'restart_syscall', [],                                                                        sys_restart_syscall),
  row(129, 'kill',            [['pid', pid], ['sig', signal]],                                           sys_kill),
  row(130, 'tkill',           [['pid', pid], ['sig', signal]],                                           sys_tkill),
  row(131, 'tgkill',          [['tgid', pid], ['pid', pid], ['sig', signal]],                            sys_tgkill),
  row(132, 'sigaltstack',     [['uss', stack_in], ['uoss', stack_out]],                                             sys_sigaltstack),
  row(133, 'rt_sigsuspend',   [['unewset', sigset_in], ['sigsetsize', size_t]],                          sys_rt_sigsuspend),
  row(134, 'rt_sigaction',    [['sig', signal], ['act', sigaction_in], ['oldact', ptr], ['sigsetsize', size_t]], sys_rt_sigaction),
  row(135, 'rt_sigprocmask',  [['how', sigprocmask_how], ['set', sigset_in], ['oset', ptr], ['sigsetsize', size_t]], sys_rt_sigprocmask),
  row(136, 'rt_sigpending',   [['set', ptr], ['sigsetsize', size_t]],                                    sys_rt_sigpending),
  row(137, 'rt_sigtimedwait', [['uthese', sigset_in], ['uinfo', ptr], ['uts', ptr], ['sigsetsize', size_t]], sys_rt_sigtimedwait),
  row(138, 'rt_sigqueueinfo', [['pid', pid], ['sig', signal], ['uinfo', siginfo_in]],                     sys_rt_sigqueueinfo),
  row(139, 'rt_sigreturn',    [],                                                                        sys_rt_sigreturn),
  row(140, 'setpriority',     [['which', prio_which], ['who', int], ['niceval', int]],                    set_priority),
  row(141, 'getpriority',     [['which', prio_which], ['who', int]],                                      get_priority),
  row(143, 'setregid',        [['rgid', uid_t], ['egid', uid_t]],                                         set_regid),
  row(144, 'setgid',          [['gid', uid_t]],                                                          set_gid),
  row(145, 'setreuid',        [['ruid', uid_t], ['euid', uid_t]],                                         set_reuid),
  row(146, 'setuid',          [['uid', uid_t]],                                                          set_uid),
  row(147, 'setresuid',       [['ruid', uid_t], ['euid', uid_t], ['suid', uid_t]],                        set_resuid),
  row(148, 'getresuid',       [['ruidp', id_out], ['euidp', id_out], ['suidp', id_out]],                  sys_getresuid),
  row(149, 'setresgid',       [['rgid', uid_t], ['egid', uid_t], ['sgid', uid_t]],                        set_resgid),
  row(150, 'getresgid',       [['rgidp', id_out], ['egidp', id_out], ['sgidp', id_out]],                  sys_getresgid),
  row(151, 'setfsuid',        [['uid', uid_t]],                                                          set_fsuid),
  row(152, 'setfsgid',        [['gid', uid_t]],                                                          set_fsgid),
  row(153, 'times',           [['tbuf', tms_out]],                                                       sys_times),
  row(154, 'setpgid',         [['pid', pid], ['pgid', pid]],                                             sys_setpgid),
  row(155, 'getpgid',         [['pid', pid]],                                                            sys_getpgid),
  row(156, 'getsid',          [['pid', pid]],                                                            sys_getsid),
  row(157, 'setsid',          [],                                                                        sys_setsid),
  row(158, 'getgroups',       [['gidsetsize', int], ['grouplist', groups_out]],                           sys_getgroups),
  row(159, 'setgroups',       [['gidsetsize', int], ['grouplist', groups_in]],                            sys_setgroups),
  row(160, 'uname',           [['name', utsname_out]],                                                   sys_newuname),
  row(161, 'sethostname',     [['name', buf_in(1)], ['len', uint]],                                       sys_sethostname),
  row(162, 'setdomainname',   [['name', buf_in(1)], ['len', int]],                                        sys_setdomainname),
  row(163, 'getrlimit',       [['resource', resource], ['rlim', rlimit_out]],                             sys_getrlimit),
  row(164, 'setrlimit',       [['resource', resource], ['rlim', rlimit_in]],                              sys_setrlimit),
  row(165, 'getrusage',       [['who', rusage_who], ['ru', rusage_out]],                                  sys_getrusage),
  row(166, 'umask',           [['mask', mode_bits]],                                                      sys_umask),
  row(167, 'prctl',           [['option', prctl_option], ['arg2', prctl_arg2], ['arg3', prctl_word], ['arg4', prctl_word], ['arg5', prctl_word]], sys_prctl),
  row(168, 'getcpu',          [['cpup', int_out], ['nodep', int_out], ['unused', ptr]],                   sys_getcpu),
  row(169, 'gettimeofday',    [['tv', timeval_out], ['tz', timezone_out]],                                sys_gettimeofday),
  row(170, 'settimeofday',    [['tv', timeval_in], ['tz', timezone_in]],                                  sys_settimeofday),
  row(172, 'getpid',          [],                                                                        sys_getpid),
  row(173, 'getppid',         [],                                                                        sys_getppid),
  row(174, 'getuid',          [],                                                                        sys_getuid),
  row(175, 'geteuid',         [],                                                                        sys_geteuid),
  row(176, 'getgid',          [],                                                                        sys_getgid),
  row(177, 'getegid',         [],                                                                        sys_getegid),
  row(178, 'gettid',          [],                                                                        sys_gettid),
  row(179, 'sysinfo',         [['info', sysinfo_out]],                                                   sys_sysinfo),
  row(214, 'brk',             [['brk', ptr]],                                                            sys_brk),
  row(220, 'clone',           [['flags', clone_flags], ['stack', clone_stack], ['parent_tid', clone_parent_tid], ['tls', clone_tls], ['child_tid', clone_child_tid]], sys_clone),
  row(221, 'execve',          [['filename', string_in], ['argv', ptr], ['envp', ptr]],                   sys_execve),
  row(240, 'rt_tgsigqueueinfo', [['tgid', pid], ['pid', pid], ['sig', signal], ['uinfo', siginfo_in]],      sys_rt_tgsigqueueinfo),
  row(244, 'checkpoint',      [['pid', pid], ['fd', fd], ['flags', ulong]],                              sys_checkpoint),
  row(245, 'restart',         [['pid', pid], ['fd', fd], ['flags', ulong]],                              sys_restart),
  row(260, 'wait4',           [['upid', pid], ['stat_addr', wait_status], ['options', wait_options], ['ru', wait4_rusage]], sys_wait4),
  row(261, 'prlimit64',       [['pid', pid], ['resource', resource], ['new_rlim', rlimit_in], ['old_rlim', rlimit_out]], sys_prlimit64),
  row(267, 'syncfs',          [['fd', fd]],                                                               sys_syncfs),
  row(276, 'renameat2',       [['olddfd', dirfd], ['oldname', string_in], ['newdfd', dirfd], ['newname', string_in], ['flags', rename_flags]], sys_renameat2),
  row(278, 'getrandom',       [['buf', buf_out], ['count', size_t], ['flags', getrandom_flags]],          sys_getrandom),
  row(285, 'copy_file_range', [['fd_in', fd], ['off_in', loff_in], ['fd_out', fd], ['off_out', loff_in], ['len', size_t], ['flags', uint]], sys_copy_file_range),
  row(286, 'preadv2',         [['fd', fd], ['vec', iovec_out], ['vlen', size_t], ['pos', off_t], ['pos_h', pos_h], ['flags', rwf_flags]], sys_preadv2),
  row(287, 'pwritev2',        [['fd', fd], ['vec', iovec_in], ['vlen', size_t], ['pos', off_t], ['pos_h', pos_h], ['flags', rwf_flags]], sys_pwritev2),
  row(291, 'statx',           [['dfd', dirfd], ['filename', string_in], ['flags', statx_flags], ['mask', statx_mask], ['buffer', statx_out]], sys_statx),
  row(436, 'close_range',     [['fd', uint], ['max_fd', uint], ['flags', close_range_flags]],             sys_close_range),
  row(439, 'faccessat2',      [['dfd', dirfd], ['filename', string_in], ['mode', access_mode], ['flags', faccessat2_flags]], sys_faccessat2),
  row(452, 'fchmodat2',       [['dfd', dirfd], ['filename', string_in], ['mode', mode_bits], ['flags', at_flags]], sys_fchmodat2),
]

/** Functions by number, for dispatch; a hole is -ENOSYS. */
export const sys_call_table = byNumber((r) => r.call)

/** The same without the conversions: for registers that are ints and not negative, which none changes. */
export const plain_call_table = byNumber((r) => r.plain)

function byNumber(call: (r: SyscallRow) => SyscallFn): readonly (SyscallFn | undefined)[] {
  const table: (SyscallFn | undefined)[] = new Array<SyscallFn | undefined>(
    Math.max(...rows.map((r) => r.nr)) + 1,
  ).fill(undefined)
  for (const r of rows) table[r.nr] = call(r)
  // Frozen, a call whose number is a constant is one that the engine can inline.
  return Object.freeze(table)
}

const byNr = new Map(rows.map((r) => [r.nr, r]))

/** The row of a number. */
export function syscallRow(nr: number): SyscallRow | undefined {
  return byNr.get(nr)
}

/** `read` for 63, also of calls that are absent; `syscall_1000` where there is none, as strace has it. */
export function syscallName(nr: number): string {
  return (byNr.get(nr) ?? absentCall(nr))?.name ?? `syscall_${nr}`
}

type Args<A extends readonly (readonly [string, ArgType<unknown>])[]> = {
  [K in keyof A]: A[K] extends readonly [string, ArgType<infer T>] ? T : never
}

function row<const A extends readonly (readonly [string, ArgType<unknown>])[]>(
  nr: number,
  name: string,
  args: A,
  fn: (...args: Args<A>) => MaySleep<number>,
): SyscallRow {
  return {
    nr,
    name,
    args,
    plain: fn as (...args: unknown[]) => MaySleep<number>,
    call: converting(
      args.map(([, type]) => type.convert),
      fn as (...args: unknown[]) => MaySleep<number>,
    ),
  }
}

/** `fn` behind the conversions of its registers; written out by number, so that no call builds an array. */
function converting(c: readonly ((word: Word) => unknown)[], fn: (...args: unknown[]) => MaySleep<number>): SyscallFn {
  const [c0, c1, c2, c3, c4, c5] = c
  switch (c.length) {
    case 0:
      return fn
    case 1:
      return (a0) => fn(c0(a0))
    case 2:
      return (a0, a1) => fn(c0(a0), c1(a1))
    case 3:
      return (a0, a1, a2) => fn(c0(a0), c1(a1), c2(a2))
    case 4:
      return (a0, a1, a2, a3) => fn(c0(a0), c1(a1), c2(a2), c3(a3))
    case 5:
      return (a0, a1, a2, a3, a4) => fn(c0(a0), c1(a1), c2(a2), c3(a3), c4(a4))
    default:
      return (a0, a1, a2, a3, a4, a5) => fn(c0(a0), c1(a1), c2(a2), c3(a3), c4(a4), c5(a5))
  }
}
