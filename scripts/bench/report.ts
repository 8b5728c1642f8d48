import type { Bench, Figures } from './bench.ts'

/** The figures as a table for a person. */
export function table(rows: readonly (readonly [Bench, Figures])[]): string {
  const cells = rows.map(([{ name, what }, { ns, native_ns, memfs_ns, ratio, bytes_per_task }]) => [
    name,
    what,
    number(ns),
    native_ns === null ? '-' : number(native_ns),
    ratio === null ? '-' : `${ratio.toFixed(2)}x`,
    memfs_ns === null ? '-' : number(memfs_ns),
    bytes_per_task === null ? '-' : String(bytes_per_task),
  ])
  const all = [['benchmark', 'one turn', 'ns', 'native ns', 'faster', 'memfs ns', 'bytes a task'], ...cells]
  const widths = all[0].map((_, i) => Math.max(...all.map((row) => row[i].length)))
  return all.map((row) => row.map((cell, i) => pad(cell, widths[i], i >= 2)).join('  ')).join('\n')
}

function number(ns: number): string {
  return ns < 100 ? ns.toFixed(1) : ns.toFixed(0)
}

function pad(cell: string, width: number, right: boolean): string {
  return right ? cell.padStart(width) : cell.padEnd(width)
}
