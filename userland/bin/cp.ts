import { copy, destinations } from '../copy.ts'
import { tool } from '../tool.ts'

const HELP = `usage: cp [-RTafinprv] FILE NAME
       cp [-Rafinprv] FILE... DIRECTORY
       cp [-Rafinprv] -t DIRECTORY FILE...
Copy files.
  -a  as -Rp, links as links       -f  remove what cannot be written
  -i  ask before overwriting       -n  never overwrite
  -p  keep mode and times          -r, -R  directories with what is in them
  -t  the directory comes first    -T  NAME is no directory to copy into
  -v  say what is done
`

/** cp(1) */
export const cp = tool(
  'cp',
  { letters: 'RTafinprt:v', help: HELP, long: { recursive: 'r', force: 'f', verbose: 'v' } },
  function* (self) {
    const recursive = ['R', 'r', 'a'].some((letter) => self.has(letter))
    const how = {
      recursive,
      preserve: self.has('p') || self.has('a'),
      force: self.has('f'),
      verbose: self.has('v'),
      follow: !recursive,
    }
    for (const [from, to] of yield* destinations(self)) {
      if (self.has('n') || self.has('i')) {
        const there = typeof (yield* self.os.stat(to)) !== 'number'
        if (there && self.has('n')) continue
        if (there && !(yield* self.asks(`overwrite '${to}'?`))) continue
      }
      void (yield* copy(self, from, to, how))
    }
  },
)
