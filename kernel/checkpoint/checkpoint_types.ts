import type { file } from '../fs/file.ts'
import { chars, i32, pointer, struct, u64 } from '../struct.ts'

/** What one checkpoint or restart keeps until it is done. seed: include/linux/checkpoint_types.h:ckpt_ctx */
export const ckpt_ctx = struct('ckpt_ctx', {
  crid: i32,
  root_pid: i32,
  kflags: u64,
  uflags: u64,
  oflags: u64,
  file: pointer<file>('struct file *'),
  total: i32,
  err_string: chars(256),
})
export type ckpt_ctx = InstanceType<typeof ckpt_ctx>

/** kflags. */
export const CKPT_CTX_CHECKPOINT = 1n << 1n
export const CKPT_CTX_RESTART = 1n << 2n
