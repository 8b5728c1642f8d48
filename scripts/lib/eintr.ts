/** One row of the matrix of interrupted calls, by signal: what the task sees. */
export interface EintrRow {
  readonly call: string
  readonly where: string
  readonly [signal: string]: string | Readonly<Record<string, string | number>>
}

/** What another kernel does otherwise, a line each. How often a call was made is not looked at: nobody sees it there. */
export function eintrDifferences(ours: readonly EintrRow[], host: readonly EintrRow[]): string[] {
  const name = ({ call, where }: EintrRow): string => (where === '' ? call : `${call}, ${where}`)
  const theirs = new Map(host.map((row) => [name(row), row]))
  return ours.flatMap((row) => {
    const other = theirs.get(name(row))
    if (other === undefined) return THE_PATCHS.has(row.call) ? [] : [`${name(row)}: the host has no such row`]
    return Object.keys(row).flatMap((signal) => {
      const [here, there] = [visible(row[signal]), visible(other[signal])]
      return here === there ? [] : [`${name(row)}, ${signal}: ${here} here, ${there} on the host`]
    })
  })
}

const THE_PATCHS: ReadonlySet<string> = new Set(['checkpoint', 'restart'])
const INVISIBLE: ReadonlySet<string> = new Set(['made', 'via'])

function visible(cell: EintrRow[string] | undefined): string {
  if (typeof cell !== 'object') return String(cell)
  const seen = Object.entries(cell).filter(([key]) => !INVISIBLE.has(key))
  return seen.map(([key, value]) => `${key} ${value}`).join(', ')
}
