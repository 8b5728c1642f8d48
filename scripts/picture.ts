import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The picture in README.md: what `npm start` shows on a terminal, as an SVG. */

const CHAR = 8.4
const LINE = 18
const PAD = 14
const COLORS: Readonly<Record<number, string>> = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#56d4dd',
}

/** What `npm start` prints on a terminal with colours. */
export function startOutput(): string {
  const script = fileURLToPath(new URL('start.ts', import.meta.url))
  const env = { ...process.env, FORCE_COLOR: '1', NO_COLOR: undefined }
  return execFileSync(process.execPath, ['--import', 'tsx', script], { encoding: 'utf8', env })
}

/** Text with ANSI colours as an SVG. */
export function svgOf(text: string): string {
  const lines = text.trimEnd().split('\n')
  const columns = Math.max(...lines.map((line) => line.replace(/\x1b\[\d+m/g, '').length))
  const width = Math.ceil(columns * CHAR + 2 * PAD)
  const height = lines.length * LINE + 2 * PAD
  const rows = lines.map((line, i) => `<text x="${PAD}" y="${PAD + (i + 0.75) * LINE}">${spansOf(line)}</text>`)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace,Menlo,Consolas,monospace" font-size="14" fill="#e6edf3" xml:space="preserve">
${rows.join('\n')}
</g>
</svg>
`
}

function spansOf(line: string): string {
  let color: string | null = null
  let bold = false
  let dim = false
  let out = ''
  for (const part of line.split(/(\x1b\[\d+m)/)) {
    const code = /^\x1b\[(\d+)m$/.exec(part)?.[1]
    if (code === undefined) {
      if (part === '') continue
      const style = [color && `fill="${color}"`, bold && 'font-weight="bold"', dim && 'opacity="0.6"'].filter(Boolean)
      out += style.length === 0 ? escape(part) : `<tspan ${style.join(' ')}>${escape(part)}</tspan>`
      continue
    }
    const n = Number(code)
    if (n === 1) bold = true
    else if (n === 2) dim = true
    else if (n === 22) bold = dim = false
    else if (n === 39) color = null
    else color = COLORS[n] ?? color
  }
  return out
}

function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(fileURLToPath(new URL('../docs/start.svg', import.meta.url)), svgOf(startOutput()))
}
