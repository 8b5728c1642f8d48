import type { ByteString } from '../../types.ts'
import { current } from '../../sched/current.ts'
import { TASK_RUNNING, TASK_UNINTERRUPTIBLE } from '../../sched/sched.ts'
import { __NEW_UTS_LEN, kernelString, utsname, type UtsField } from '../../task/nsproxy.ts'
import { nsec_to_clock_t } from '../../task/rusage.ts'
import type { task_struct } from '../../task/task.ts'
import { proc_file } from './file.ts'
import type { proc_dir_entry, proc_fs } from './inode.ts'

/** The machine as a whole: fs/proc/uptime.c, version.c, loadavg.c, stat.c and others. */

const count = (fs: proc_fs, which: (t: task_struct) => boolean): number => [...fs.kernel.tasks].filter(which).length
const runs = (t: task_struct): boolean => t.exit_state === 0 && t.state === TASK_RUNNING
const blocked = (t: task_struct): boolean => t.exit_state === 0 && (t.state & TASK_UNINTERRUPTIBLE) !== 0

function uts(field: UtsField): ByteString {
  return kernelString(current.kernel.slab, utsname()[field], __NEW_UTS_LEN)
}

/** Seconds with two digits behind the point. */
function seconds(nsec: number): ByteString {
  const ticks = nsec_to_clock_t(nsec)
  return `${Math.floor(ticks / 100)}.${String(ticks % 100).padStart(2, '0')}`
}

export const system_files: readonly proc_dir_entry[] = [
  proc_file('cmdline', 0o444, ({ kernel }) => `${kernel.cmdline}\n`),
  proc_file('cpuinfo', 0o444, () => 'processor\t: 0\nhart\t\t: 0\nmmu\t\t: sv39\n\n'),
  proc_file(
    'devices',
    0o444,
    () => 'Character devices:\n  1 mem\n  4 ttyS\n  5 /dev/tty\n  5 /dev/console\n\nBlock devices:\n',
  ),
  proc_file('filesystems', 0o444, ({ kernel }) => kernel.filesystems.map(({ name }) => `nodev\t${name}\n`).join('')),
  // Time here is not taken by anybody but those who run: there is no load to average.
  proc_file('loadavg', 0o444, (fs) => {
    const { last_pid } = current.nsproxy.pid_ns
    return `0.00 0.00 0.00 ${count(fs, runs)}/${fs.kernel.tasks.size} ${last_pid}\n`
  }),
  proc_file('stat', 0o444, (fs) => {
    const { clock, total_forks } = fs.kernel
    const times = [clock.now - clock.idle, 0, 0, clock.idle, 0, 0, 0, 0, 0, 0].map(nsec_to_clock_t).join(' ')
    const rest = [
      ['btime', clock.boottime],
      ['processes', total_forks],
      ['procs_running', count(fs, runs)],
      ['procs_blocked', count(fs, blocked)],
    ]
    return `cpu  ${times}\ncpu0 ${times}\n${rest.map(([name, n]) => `${name} ${n}\n`).join('')}`
  }),
  proc_file('swaps', 0o444, () => 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n'),
  proc_file('uptime', 0o444, ({ kernel: { clock } }) => `${seconds(clock.now)} ${seconds(clock.idle)}\n`),
  proc_file(
    'version',
    0o444,
    () => `${uts('sysname')} version ${uts('release')} (ckptvm@ckptvm) (TypeScript) ${uts('version')}\n`,
  ),
]
