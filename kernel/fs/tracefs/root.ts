import type { Kernel } from '../../kernel.ts'
import { S_IFDIR } from '../inode.ts'
import type { file_system_type } from '../namespace.ts'
import { instances_dir, trace_array_nodes } from './files.ts'
import { trace_dir, tracefs, type trace_node } from './inode.ts'
import { trace_array } from './trace_array.ts'

/** However often it is mounted, a machine has one. */
function top(kernel: Kernel): trace_node {
  if (kernel.tracing !== null) return kernel.tracing
  const tr = new trace_array(kernel)
  const dir = trace_dir(tr, '', () =>
    [...trace_array_nodes(tr), instances_dir(tr)].sort((a, b) => (a.name < b.name ? -1 : 1)),
  )
  return (kernel.tracing = { ...dir, mode: S_IFDIR | 0o700 })
}

/** /sys/kernel/tracing: fs/tracefs/inode.c. Options are passed over. */
export const trace_fs_type: file_system_type = {
  name: 'tracefs',
  mount: (kernel) => new tracefs(kernel, top(kernel)).root,
}
