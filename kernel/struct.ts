import type { KPtr } from './types.ts'
import { getLong, getU64, setLong, setU64 } from './u64.ts'
import { windows } from './windows.ts'

/**
 * C structs as typed windows over bytes. A struct is declared once, its fields in C order; offsets,
 * size and padding follow from the rules of the riscv64 ABI (each field aligned to itself, the whole
 * to its strictest field or to `aligned`), and writer, reader, viewer and documentation all use that.
 *
 * The classes of the windows are generated from the declarations into windows.ts. Closures would do the
 * same without it, and do for a struct that is not in there: but those come from one piece of source for
 * all structs, so the engine sees many shapes of object in it, and gives up on inlining.
 */

/** What one field is. `size` and `align` in bytes. */
export interface FieldType<T = unknown> {
  readonly c: string
  readonly size: number
  readonly align: number
  readonly access: Access
  readonly count?: number
  readonly struct?: StructType<StructFields>
  /** Only for the type checker: what the member holds. */
  readonly value?: T
}

/** How a member is reached: by which of DataView's accessors, or how else. */
export type Access = 'Uint8' | 'Uint16' | 'Uint32' | 'Int32' | 'Long' | 'U64' | 'address' | 'reference' | 'struct'

export type StructFields = Record<string, FieldType>

/** A field with the place that the layout gave it. */
export interface FieldInfo {
  readonly name: string
  readonly offset: number
  readonly type: FieldType
}

type Values<F extends StructFields> = { -readonly [K in keyof F]: F[K] extends FieldType<infer T> ? T : never }

/** Where a window looks: `addr` is the kernel address of `dv`'s byte `off`, if it has one. */
export interface Window {
  readonly dv: DataView
  readonly off: number
  readonly addr: KPtr
}

/** A window with the struct's members on it. */
export type StructView<F extends StructFields> = Window & Values<F>

export interface StructType<F extends StructFields> {
  new (dv: DataView, off: number, addr?: KPtr): StructView<F>
  /** The struct's C name. */
  readonly tag: string
  readonly sizeof: number
  readonly alignof: number
  readonly fields: readonly FieldInfo[]
}

export const u8: FieldType<number> = { c: '__u8', size: 1, align: 1, access: 'Uint8' }
export const u16: FieldType<number> = { c: '__u16', size: 2, align: 2, access: 'Uint16' }
export const u32: FieldType<number> = { c: '__u32', size: 4, align: 4, access: 'Uint32' }
export const i32: FieldType<number> = { c: 'int', size: 4, align: 4, access: 'Int32' }
/** 64 bits as a number: what may be wrong beyond 2^53 is never there. */
export const long: FieldType<number> = { c: 'long', size: 8, align: 8, access: 'Long' }
export const u64: FieldType<bigint> = { c: '__u64', size: 8, align: 8, access: 'U64' }

/** `char name[count]`. Its value is where it starts, as an array's is in C. */
export function chars(count: number): FieldType<KPtr> {
  return { c: 'char', size: count, align: 1, count, access: 'address' }
}

/**
 * `c name;`, a pointer to what is a JavaScript object here. It takes its 8 bytes in the layout; the
 * reference itself stays with the window, and is null at first.
 */
export function pointer<T>(c: string): FieldType<T | null> {
  return { c, size: 8, align: 8, access: 'reference' }
}

/** A struct inside a struct. Its value is a window on it. */
export function embed<F extends StructFields>(type: StructType<F>): FieldType<StructView<F>> {
  return { c: `struct ${type.tag}`, size: type.sizeof, align: type.alignof, access: 'struct', struct: type }
}

/** Declare a struct. `aligned` is the attribute of that name, in bytes. */
export function struct<F extends StructFields>(tag: string, members: F, aligned = 1): StructType<F> {
  const fields: FieldInfo[] = []
  let end = 0
  let alignof = aligned
  for (const [name, type] of Object.entries(members)) {
    const offset = roundUp(end, type.align)
    fields.push({ name, offset, type })
    end = offset + type.size
    alignof = Math.max(alignof, type.align)
  }
  const generated = windows[tag]
  const window = generated?.layout === layoutOf(fields) ? generated : windowClass(fields)
  return Object.assign(window, { tag, sizeof: roundUp(end, alignof), alignof, fields }) as unknown as StructType<F>
}

/** All that a window of these fields depends on, as one line. */
export function layoutOf(fields: readonly FieldInfo[]): string {
  const members = fields.map(({ name, offset, type }) => {
    return `${name}@${offset}:${type.struct === undefined ? type.access : layoutOf(type.struct.fields)}`
  })
  return `{${members.join(' ')}}`
}

/** What windows.ts holds for a struct, made here and now. */
function windowClass(fields: readonly FieldInfo[]): new (dv: DataView, off: number, addr?: KPtr) => Window {
  class StructWindow implements Window {
    // Declared, not defined: field definitions of a class made at run time cost 200 ns a window.
    declare readonly dv: DataView
    declare readonly off: number
    declare readonly addr: KPtr
    constructor(dv: DataView, off: number, addr: KPtr = off as KPtr) {
      this.dv = dv
      this.off = off
      this.addr = addr
      for (const { name, type } of fields) {
        if (type.access === 'reference') Object.defineProperty(this, name, { value: null, writable: true })
      }
    }
  }
  for (const { name, offset, type } of fields) {
    if (type.access !== 'reference') Object.defineProperty(StructWindow.prototype, name, accessors(type, offset))
  }
  return StructWindow
}

function accessors({ access, struct }: FieldType, offset: number): PropertyDescriptor & ThisType<Window> {
  const address = (w: Window): KPtr => (w.addr + offset) as KPtr
  switch (access) {
    case 'reference':
    case 'address':
      return {
        get() {
          return address(this)
        },
      }
    case 'struct':
      return {
        get() {
          return new (struct as StructType<StructFields>)(this.dv, this.off + offset, address(this))
        },
      }
    case 'U64':
      return {
        get() {
          return getU64(this.dv, this.off + offset)
        },
        set(value: bigint) {
          setU64(this.dv, this.off + offset, value)
        },
      }
    case 'Long':
      return {
        get() {
          return getLong(this.dv, this.off + offset)
        },
        set(value: number) {
          setLong(this.dv, this.off + offset, value)
        },
      }
    default:
      return {
        get() {
          return this.dv[`get${access}`](this.off + offset, true)
        },
        set(value: number) {
          this.dv[`set${access}`](this.off + offset, value, true)
        },
      }
  }
}

/** offsetof(3). */
export function offsetof<F extends StructFields>(type: StructType<F>, member: keyof F & string): number {
  return memberOf(type, member).offset
}

/** sizeof of one member. */
export function sizeof_field<F extends StructFields>(type: StructType<F>, member: keyof F & string): number {
  return memberOf(type, member).type.size
}

function memberOf<F extends StructFields>(type: StructType<F>, member: string): FieldInfo {
  return type.fields.find((f) => f.name === member) as FieldInfo
}

function roundUp(n: number, to: number): number {
  return Math.ceil(n / to) * to
}
