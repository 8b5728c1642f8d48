import type { Mem } from '../types.ts'

/** Up to here a loop over words beats the engine's own copy, which costs a call and a view object. */
const WORDWISE_MAX = 160

export function allocMem(size: number): Mem {
  return memOf(new Uint8Array(size))
}

/** Both views on bytes that exist already. */
export function memOf(u8: Uint8Array): Mem {
  return { u8, dv: new DataView(u8.buffer, u8.byteOffset, u8.byteLength) }
}

/** memcpy(). The ranges must lie within their memory; they may not overlap. */
export function memcpy(to: Mem, toOff: number, from: Mem, fromOff: number, n: number): void {
  if (n > WORDWISE_MAX) {
    to.u8.set(from.u8.subarray(fromOff, fromOff + n), toOff)
    return
  }
  const d = to.dv
  const s = from.dv
  let i = 0
  for (; i + 16 <= n; i += 16) {
    d.setUint32(toOff + i, s.getUint32(fromOff + i, true), true)
    d.setUint32(toOff + i + 4, s.getUint32(fromOff + i + 4, true), true)
    d.setUint32(toOff + i + 8, s.getUint32(fromOff + i + 8, true), true)
    d.setUint32(toOff + i + 12, s.getUint32(fromOff + i + 12, true), true)
  }
  for (; i + 4 <= n; i += 4) d.setUint32(toOff + i, s.getUint32(fromOff + i, true), true)
  for (; i < n; i++) d.setUint8(toOff + i, s.getUint8(fromOff + i))
}

/** Zero `n` bytes, a multiple of 8. Eight at a time: 0 is the one double whose bytes are the same everywhere. */
export function clear(m: Mem, off: number, n: number): void {
  if (n > WORDWISE_MAX) {
    m.u8.fill(0, off, off + n)
    return
  }
  for (const end = off + n; off < end; off += 8) m.dv.setFloat64(off, 0, true)
}

/** memset(). */
export function memset(m: Mem, off: number, value: number, n: number): void {
  m.u8.fill(value, off, off + n)
}
