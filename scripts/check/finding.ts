export interface Finding {
  readonly path: string
  readonly line: number
  readonly message: string
  readonly rule: string
}

/** One line, as editors and terminals know how to jump to. */
export function formatFinding({ path, line, message, rule }: Finding): string {
  return `${path}:${line}: ${message.replaceAll(/\s+/g, ' ').trim()} [${rule}]`
}
