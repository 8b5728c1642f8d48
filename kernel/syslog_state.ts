/** Where the readers of syslog(2) are in the log: kernel/printk/printk.c. */
export class syslog_state {
  /** The line that SYSLOG_ACTION_READ gives next, and how many bytes of it were given already. */
  seq = 0
  partial = 0
  /** The first line since the log was cleared. */
  clear_seq = 0
  /** What lines came to the console before it was switched off; null while it is on. */
  saved_console_loglevel: number | null = null
}
