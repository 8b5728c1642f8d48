import type { siginfo } from './signal.ts'

/** A siginfo_t of riscv64 in memory: 128 bytes, of which these fields are used. */
export function encodeSiginfo(info: siginfo): Uint8Array {
  if (info.raw !== undefined) return info.raw
  const bytes = new Uint8Array(128)
  const dv = new DataView(bytes.buffer)
  dv.setInt32(0, info.signo, true)
  dv.setInt32(8, info.code, true)
  dv.setInt32(16, info.pid, true)
  dv.setInt32(20, info.uid, true)
  dv.setBigInt64(24, info.value, true)
  return bytes
}
