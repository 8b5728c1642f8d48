import type { ByteString } from '../../kernel/types.ts'
import { isName } from './chars.ts'

interface Variable {
  /** Undefined where it is only marked. */
  readonly value: ByteString | undefined
  readonly exported: boolean
  readonly readonly: boolean
}

/** What a function's call, or a command with assignments, has hidden, to be there again at its end. */
interface Scope {
  readonly function: boolean
  readonly hidden: Map<string, Variable | undefined>
}

const UNSET: Variable = { value: undefined, exported: false, readonly: false }

/** The shell's variables. A value is changed by another entry, so copies share what they have in common. */
export class Variables {
  readonly #all: Map<string, Variable>
  readonly #scopes: Scope[] = []
  /** Told of every change, for what the shell keeps beside: PATH, OPTIND. */
  changed: (name: string, value: ByteString | undefined) => void = () => undefined

  constructor(from?: Variables) {
    this.#all = new Map(from === undefined ? [] : from.#all)
    if (from !== undefined) this.#scopes = from.#scopes.map((scope) => ({ ...scope, hidden: new Map(scope.hidden) }))
  }

  get(name: string): ByteString | undefined {
    return this.#all.get(name)?.value
  }

  isReadonly(name: string): boolean {
    return this.#all.get(name)?.readonly === true
  }

  isExported(name: string): boolean {
    return this.#all.get(name)?.exported === true
  }

  /** False where the variable is read only. */
  set(name: string, value: ByteString, exported = false): boolean {
    const old = this.#all.get(name) ?? UNSET
    if (old.readonly) return false
    this.#all.set(name, { ...old, value, exported: old.exported || exported })
    this.changed(name, value)
    return true
  }

  unset(name: string): boolean {
    if (this.isReadonly(name)) return false
    if (this.#all.delete(name)) this.changed(name, undefined)
    return true
  }

  export(name: string): void {
    this.#all.set(name, { ...(this.#all.get(name) ?? UNSET), exported: true })
  }

  protect(name: string): void {
    this.#all.set(name, { ...(this.#all.get(name) ?? UNSET), readonly: true })
  }

  /** Names in order, of all variables or of those that `mark` tells. */
  names(mark?: 'exported' | 'readonly'): string[] {
    const chosen = [...this.#all].filter(([, v]) => (mark === undefined ? v.value !== undefined : v[mark]))
    return chosen.map(([name]) => name).sort()
  }

  environment(): ByteString[] {
    const exported = [...this.#all].filter(([, v]) => v.exported && v.value !== undefined)
    return exported.map(([name, v]) => `${name}=${v.value}`)
  }

  adopt(environment: readonly ByteString[]): void {
    for (const entry of environment) {
      const eq = entry.indexOf('=')
      if (eq > 0 && isName(entry.slice(0, eq))) void this.set(entry.slice(0, eq), entry.slice(eq + 1), true)
    }
  }

  /** From here on local() keeps what it hides; the result takes it all back. */
  enter(kind: 'function' | 'command'): () => void {
    const scope: Scope = { function: kind === 'function', hidden: new Map() }
    this.#scopes.push(scope)
    return () => {
      while (this.#scopes.pop() !== scope);
      for (const [name, old] of scope.hidden) {
        if (old === undefined) this.#all.delete(name)
        else this.#all.set(name, old)
        this.changed(name, old?.value)
      }
    }
  }

  /** Let the innermost scope of that kind take back `name`. It has its value still. False where there is none. */
  local(name: string, kind: 'function' | 'command'): boolean {
    const scope = this.#scopes.filter((one) => one.function === (kind === 'function')).at(-1)
    if (scope === undefined) return false
    if (!scope.hidden.has(name)) scope.hidden.set(name, this.#all.get(name))
    return true
  }
}
