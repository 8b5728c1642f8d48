import type { ByteString } from '../../types.ts'
import { EINVAL, ENOENT } from '../../errno.ts'
import { current } from '../../sched/current.ts'
import type { inode } from '../inode.ts'
import type { file_system_type } from '../namespace.ts'
import { proc_pid_lookup, proc_pid_names } from './base.ts'
import { PROC_I, proc_dir_fops, proc_fs, proc_mkdir, proc_names, type proc_dir_entry, type proc_name } from './inode.ts'
import { proc_symlink } from './link.ts'
import { meminfo, slabinfo } from './meminfo.ts'
import { proc_sys } from './sysctl.ts'
import { system_files } from './system.ts'

/** The top of /proc: fs/proc/root.c. */

/** Places in a listing, up to which there are names that are no process's. */
const FIRST_PROCESS_ENTRY = 256

/** `2` and `2/task/3`, for who follows it. fs/proc/self.c, fs/proc/thread_self.c. */
function self(fs: proc_fs, thread: boolean): ByteString | number {
  const tgid = fs.nr(current.group.leader.thread_pid)
  const tid = fs.nr(current.thread_pid)
  return tgid === 0 ? -ENOENT : thread ? `${tgid}/task/${tid}` : String(tgid)
}

const files: readonly proc_dir_entry[] = [
  ...system_files,
  meminfo,
  slabinfo,
  proc_symlink('mounts', () => 'self/mounts'),
  proc_sys,
  proc_symlink('self', (fs) => self(fs, false)),
  proc_symlink('thread-self', (fs) => self(fs, true)),
].sort((a, b) => (a.name < b.name ? -1 : 1))

const fixed = proc_mkdir('', files)

const proc_root: proc_dir_entry = {
  ...fixed,
  op: {
    ...fixed.op,
    lookup: (dir, name) => fixed.op.lookup(dir, name) ?? proc_pid_lookup(PROC_I(dir).fs, name),
  },
  fop: proc_dir_fops(proc_root_names),
}

function proc_root_names(dir: inode): proc_name[] {
  return [...proc_names(files), ...proc_pid_names(PROC_I(dir).fs, FIRST_PROCESS_ENTRY)]
}

/** Shows the processes of the namespace of who mounts it. */
export const proc_fs_type: file_system_type = {
  name: 'proc',
  mount: (kernel, data) => (data === '' ? new proc_fs(kernel, current.nsproxy.pid_ns, proc_root).root : -EINVAL),
}
