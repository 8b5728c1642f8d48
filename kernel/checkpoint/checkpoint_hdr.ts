import { embed, struct, u16, u32, u64, type StructType, type StructFields } from '../struct.ts'

/**
 * The image format: include/linux/checkpoint_hdr.h and the two magics of include/linux/magic.h.
 *
 * An image is a run of records. Each begins with `ckpt_hdr`, whose `len` counts the header too, so a
 * reader that does not know a record can still step over it.
 */

/** seed: include/linux/checkpoint_hdr.h:ckpt_hdr */
export const ckpt_hdr = struct('ckpt_hdr', { type: u32, len: u32 }, 8)

/** Record types. */
export const CKPT_HDR_HEADER = 1
export const CKPT_HDR_BUFFER = 2
export const CKPT_HDR_STRING = 3
export const CKPT_HDR_TASK = 101
export const CKPT_HDR_TAIL = 9001
export const CKPT_HDR_ERROR = 9999

/** seed: include/linux/checkpoint_hdr.h:ckpt_hdr_const */
export const ckpt_hdr_const = struct(
  'ckpt_hdr_const',
  { task_comm_len: u16, uts_release_len: u16, uts_version_len: u16, uts_machine_len: u16 },
  8,
)

/**
 * Its five 16-bit fields end at 26, and `constants` wants 8: six bytes between are nobody's, and 0.
 * seed: include/linux/checkpoint_hdr.h:ckpt_hdr_header
 */
export const ckpt_hdr_header = struct(
  'ckpt_hdr_header',
  {
    h: embed(ckpt_hdr),
    magic: u64,
    _padding: u16,
    major: u16,
    minor: u16,
    patch: u16,
    rev: u16,
    constants: embed(ckpt_hdr_const),
    time: u64,
    uflags: u64,
  },
  8,
)

/** seed: include/linux/checkpoint_hdr.h:ckpt_hdr_tail */
export const ckpt_hdr_tail = struct('ckpt_hdr_tail', { h: embed(ckpt_hdr), magic: u64 }, 8)

/** seed: include/linux/checkpoint_hdr.h:ckpt_hdr_task */
export const ckpt_hdr_task = struct(
  'ckpt_hdr_task',
  {
    h: embed(ckpt_hdr),
    state: u32,
    exit_state: u32,
    exit_code: u32,
    exit_signal: u32,
    set_child_tid: u64,
    clear_child_tid: u64,
  },
  8,
)

export const CHECKPOINT_MAGIC_HEAD = 0x00feed0cc0a2d200n
export const CHECKPOINT_MAGIC_TAIL = 0x002d2a0cc0deef00n
/** Revision of the format. */
export const CHECKPOINT_VERSION = 1

/** What a record of a type is: for viewers and for the documentation. */
export interface RecordInfo {
  readonly name: string
  /** What it begins with; null for the bare `ckpt_hdr`. */
  readonly struct: StructType<StructFields> | null
  /** What its field `magic` holds, if it has one. */
  readonly magic?: bigint
}

export const RECORDS: ReadonlyMap<number, RecordInfo> = new Map<number, RecordInfo>([
  [CKPT_HDR_HEADER, { name: 'HEADER', struct: ckpt_hdr_header, magic: CHECKPOINT_MAGIC_HEAD }],
  [CKPT_HDR_BUFFER, { name: 'BUFFER', struct: null }],
  [CKPT_HDR_STRING, { name: 'STRING', struct: null }],
  [CKPT_HDR_TASK, { name: 'TASK', struct: ckpt_hdr_task }],
  [CKPT_HDR_TAIL, { name: 'TAIL', struct: ckpt_hdr_tail, magic: CHECKPOINT_MAGIC_TAIL }],
  [CKPT_HDR_ERROR, { name: 'ERROR', struct: null }],
])
