import type { KPtr } from './types.ts'

/**
 * C structs as typed windows over bytes. A struct is declared once, its fields in C order; offsets,
 * size and padding follow from the rules of the riscv64 ABI (each field aligned to itself, the whole
 * to its strictest field or to `aligned`), and writer, reader, viewer and documentation all use that.
 */

/** What one field is. `size` and `align` in bytes. */
export interface FieldType<T = unknown> {
  readonly c: string
  readonly size: number
  readonly align: number
  readonly count?: number
  readonly struct?: StructType<StructFields>
  /** The accessors of this field at `offset`: one literal a type, so that the engine inlines them. */
  property(offset: number): Accessors<T>
}

type Accessors<T> = { get(this: Window): T; set?(this: Window, value: T): void }

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

const le = true

export const u16: FieldType<number> = {
  c: '__u16',
  size: 2,
  align: 2,
  property: (offset) => ({
    get() {
      return this.dv.getUint16(this.off + offset, le)
    },
    set(value) {
      this.dv.setUint16(this.off + offset, value, le)
    },
  }),
}
export const u32: FieldType<number> = {
  c: '__u32',
  size: 4,
  align: 4,
  property: (offset) => ({
    get() {
      return this.dv.getUint32(this.off + offset, le)
    },
    set(value) {
      this.dv.setUint32(this.off + offset, value, le)
    },
  }),
}
export const i32: FieldType<number> = {
  c: 'int',
  size: 4,
  align: 4,
  property: (offset) => ({
    get() {
      return this.dv.getInt32(this.off + offset, le)
    },
    set(value) {
      this.dv.setInt32(this.off + offset, value, le)
    },
  }),
}
export const u64: FieldType<bigint> = {
  c: '__u64',
  size: 8,
  align: 8,
  property: (offset) => ({
    get() {
      return this.dv.getBigUint64(this.off + offset, le)
    },
    set(value) {
      this.dv.setBigUint64(this.off + offset, value, le)
    },
  }),
}

/** `char name[count]`. Its value is where it starts, as an array's is in C. */
export function chars(count: number): FieldType<KPtr> {
  return {
    c: 'char',
    size: count,
    align: 1,
    count,
    property: (offset) => ({
      get() {
        return (this.addr + offset) as KPtr
      },
    }),
  }
}

/**
 * `c name;`, a pointer to what is a JavaScript object here. It takes its 8 bytes in the layout; the
 * reference itself stays with the window.
 */
export function pointer<T>(c: string): FieldType<T | null> {
  const slot = Symbol(c)
  type Holder = Window & { [slot]?: T | null }
  return {
    c,
    size: 8,
    align: 8,
    property: () => ({
      get(this: Holder) {
        return this[slot] ?? null
      },
      set(this: Holder, value) {
        this[slot] = value
      },
    }),
  }
}

/** A struct inside a struct. Its value is a window on it. */
export function embed<F extends StructFields>(type: StructType<F>): FieldType<StructView<F>> {
  return {
    c: `struct ${type.tag}`,
    size: type.sizeof,
    align: type.alignof,
    struct: type,
    property: (offset) => ({
      get() {
        return new type(this.dv, this.off + offset, (this.addr + offset) as KPtr)
      },
    }),
  }
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

  class StructWindow implements Window {
    static readonly tag = tag
    static readonly sizeof = roundUp(end, alignof)
    static readonly alignof = alignof
    static readonly fields = fields
    // Declared, not defined: field definitions of a class made at run time cost 200 ns a window.
    declare readonly dv: DataView
    declare readonly off: number
    declare readonly addr: KPtr
    constructor(dv: DataView, off: number, addr: KPtr = off as KPtr) {
      this.dv = dv
      this.off = off
      this.addr = addr
    }
  }
  for (const { name, offset, type } of fields)
    Object.defineProperty(StructWindow.prototype, name, type.property(offset))
  return StructWindow as unknown as StructType<F>
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
