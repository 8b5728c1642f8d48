/** What a program under Node.js may want besides index.ts: this computer's folders, its terminal, its engine. */

export { hostFolder } from './scripts/lib/host_folder.ts'
export { attach, type Attached, type Streams } from './scripts/lib/terminal.ts'
export { inlineFurther } from './scripts/lib/engine.ts'
